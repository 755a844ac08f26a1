/** Secrets and ConfigMaps that a pod cannot start without. */
import type { NamedSource, Pod, PodContainer } from './pod.ts';

/** Kind of a source, as its path in the API says it. */
export type SourceResource = 'secrets' | 'configmaps';

/** A source that is mentioned, with the key where one is. */
export interface Mention {
  readonly resource: SourceResource;
  readonly name: string;
  readonly key?: string;
}

/** Keys of each source by `<resource>/<name>`; undefined for one that is not there. */
export type PodSources = ReadonlyMap<string, readonly string[] | undefined>;

/** What the variables of a container need. */
export function variableMentions({ env = [], envFrom = [] }: PodContainer): readonly Mention[] {
  return [
    ...env.flatMap(({ valueFrom }) => [
      ...mention('secrets', valueFrom?.secretKeyRef),
      ...mention('configmaps', valueFrom?.configMapKeyRef),
    ]),
    ...envFrom.flatMap(({ secretRef, configMapRef }) => [
      ...mention('secrets', secretRef),
      ...mention('configmaps', configMapRef),
    ]),
  ];
}

/** What the volumes of a pod need. */
export function volumeMentions({ spec }: Pod): readonly (Mention & { readonly volume: string })[] {
  return (spec.volumes ?? []).flatMap(({ name, secret, configMap }) => {
    const asSource = secret === undefined ? undefined : { name: secret.secretName, optional: secret.optional === true };
    return [...mention('secrets', asSource), ...mention('configmaps', configMap)].map((it) => ({
      ...it,
      volume: name,
    }));
  });
}

/** Everything that a pod mentions. */
export function allMentions(pod: Pod): readonly Mention[] {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  return [...containers.flatMap(variableMentions), ...volumeMentions(pod)];
}

/** What is missing of a mention, in the kubelet's words; undefined when it is there. */
export function missingSource(
  { resource, name, key }: Mention,
  sources: PodSources,
  namespace: string,
): string | undefined {
  const [kind, title] = resource === 'secrets' ? ['secret', 'Secret'] : ['configmap', 'ConfigMap'];
  const keys = sources.get(`${resource}/${name}`);
  if (keys === undefined) return `${kind} "${name}" not found`;
  if (key === undefined || keys.includes(key)) return undefined;
  return `couldn't find key ${key} in ${title} ${namespace}/${name}`;
}

function mention(resource: SourceResource, source: NamedSource | undefined): Mention[] {
  if (source?.name === undefined || source.optional === true) return [];
  return [{ resource, name: source.name, ...(source.key === undefined ? {} : { key: source.key }) }];
}
