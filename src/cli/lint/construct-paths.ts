/**
 * Construct paths of objects that share a name. cdk8s-cli records one path by each name, that of the last object. The
 * objects of a service all have its name and are children of one construct, each with its kind as its id.
 */
import { WORKLOAD_LABEL } from '#manifests';
import { fileSource, readObjects } from '#manifest-source';

interface NamedManifest {
  readonly kind: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, unknown>>;
}

/** Names that several objects have, each with the path of any of them by its kind, as far as it is known. */
export type SharedNames = ReadonlyMap<string, (kind: string) => string | undefined>;

/** The names that several of the objects have. */
export async function sharedNames(
  manifests: readonly string[],
  recorded: Readonly<Record<string, { readonly path: string }>>,
): Promise<SharedNames> {
  const byName = new Map<string, NamedManifest[]>();
  for (const { manifest } of await readObjects(manifests.map(fileSource))) {
    const {
      name,
      namespace = '',
      labels = {},
    } = (manifest['metadata'] ?? {}) as {
      readonly name?: string;
      readonly namespace?: string;
      readonly labels?: Readonly<Record<string, unknown>>;
    };
    if (name === undefined) continue;
    byName.set(name, [...(byName.get(name) ?? []), { kind: String(manifest['kind']), namespace, labels }]);
  }
  const shared = [...byName].filter(([, objects]) => objects.length > 1);
  return new Map(shared.map(([name, objects]) => [name, pathsOf(name, objects, recorded[name]?.path ?? '')]));
}

function pathsOf(
  name: string,
  objects: readonly NamedManifest[],
  recorded: string,
): (kind: string) => string | undefined {
  const own = objects.filter(({ labels }) => labels['app'] === name);
  const parent = recorded.split('/').slice(0, -1).join('/');
  const isOneService =
    new Set(own.map(({ namespace }) => namespace)).size === 1 &&
    own.filter(({ labels }) => labels[WORKLOAD_LABEL] !== undefined).length === 1 &&
    own.some(({ kind }) => recorded === `${parent}/${idOf(kind)}`);
  return (kind) => (isOneService && own.some((it) => it.kind === kind) ? `${parent}/${idOf(kind)}` : undefined);
}

/** The id of a child by its kind: `network-policy`. */
function idOf(kind: string): string {
  return kind.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
