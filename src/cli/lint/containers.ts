import type { EnvFrom, RawEnv } from '#env';
import { Cursor, rawEnv } from '#manifests';
import type { ManifestObject, ManifestSet, PodTemplate } from '#manifests';

/** A container of any sort, with what its environment is made from. */
export interface LintedContainer {
  readonly name: string;
  readonly at: Cursor;
  /** Entries of `env` that have a name, each with its place. */
  readonly entries: readonly (RawEnv & { readonly at: Cursor })[];
  /** Names of the Secrets that the pod mounts: a variable may hold such a name. */
  readonly mountedSecrets: ReadonlySet<string>;
}

/** Every container of a pod: those that run, those before them, side-cars, and ephemeral ones. */
export function containersOf(pod: PodTemplate): readonly LintedContainer[] {
  const mountedSecrets = mountedSecretsOf(pod);
  const ephemeral = pod.spec.at('ephemeralContainers').items.map((at) => ({ name: at.at('name').text ?? '', at }));
  return [...pod.containers, ...ephemeral].map(({ name, at }) => ({
    name,
    at,
    entries: entriesOf(at),
    mountedSecrets,
  }));
}

function mountedSecretsOf({ spec }: PodTemplate): ReadonlySet<string> {
  const sources = spec
    .at('volumes')
    .items.flatMap((volume) => [volume, ...volume.at('projected', 'sources').items].map((it) => it.at('secret')));
  return new Set(sources.flatMap((secret) => secret.at('secretName').text ?? secret.at('name').text ?? []));
}

/** Sources of `envFrom`, with keys where the set holds the ConfigMap; optional ones are marked. */
export function sourcesOf(container: LintedContainer, object: ManifestObject, set: ManifestSet): readonly EnvFrom[] {
  return container.at.at('envFrom').items.flatMap((entry): EnvFrom[] => {
    const [field, kind] = entry.at('configMapRef').exists
      ? (['configMapRef', 'configMap'] as const)
      : (['secretRef', 'secret'] as const);
    const name = entry.at(field, 'name').text;
    if (name === undefined) return [];
    const made = set.find(kind === 'configMap' ? 'ConfigMap' : 'Secret', object.namespace, name);
    const fields = kind === 'configMap' ? ['data'] : ['data', 'stringData'];
    const keys = made === undefined ? undefined : fields.flatMap((it) => made.root.at(it).entries.map(([key]) => key));
    const prefix = entry.at('prefix').text ?? '';
    return [{ kind, name, prefix, optional: entry.at(field, 'optional').value === true, keys }];
  });
}

/** Whether `envFrom` has a source whose object or keys are not known; an entry that names none is a fault of its own. */
export function hasUnknownSource(container: LintedContainer, known: readonly EnvFrom[]): boolean {
  const named = container.at
    .at('envFrom')
    .items.filter((entry) => entry.at('configMapRef').exists || entry.at('secretRef').exists);
  return named.length > known.length;
}

function entriesOf(at: Cursor): LintedContainer['entries'] {
  const places = at.at('env').items;
  return rawEnv(at).flatMap((entry, index) => {
    const place = places[index];
    return place?.at('name').text === undefined ? [] : [{ ...entry, at: place }];
  });
}
