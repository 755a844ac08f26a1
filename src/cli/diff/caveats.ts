/** What the server accepts and what then is not as the new manifests read. */
import {
  isBuiltIn,
  keepsAccount,
  kindAndName,
  type ManifestObject,
  type ManifestSet,
  type PodTemplate,
} from '#manifests';
import type { ObjectChange } from './object-change.ts';

/** A line for each change that takes no effect, or another one than its author may expect. */
export function caveatsOf(changes: readonly ObjectChange[], after: ManifestSet): readonly string[] {
  const replaced = new Set(changes.filter(({ restarts }) => restarts.length > 0).map((it) => it.after.index));
  const running = after.pods.filter(({ object }) => LASTING.has(object.kind) && !replaced.has(object.index));
  return changes.flatMap((change) => [...replicasGivenUp(change, after), ...readByRunning(change, running)]);
}

/** A line for each field that the new version no longer states, or states for the first time, without an effect. */
export function withoutEffect(title: string, before: ManifestObject, after: ManifestObject): string[] {
  return [
    ...headlessGivenUp(title, before, after),
    ...accountGivenUp(title, before, after),
    ...egressUnnamed(title, before, after),
  ];
}

function accountGivenUp(title: string, before: ManifestObject, after: ManifestObject): string[] {
  if (!isBuiltIn(after) || !keepsAccount(before, after)) return [];
  return [
    `${title}: serviceAccountName was removed, but the API server keeps it: state another one, such as serviceAccountName: default`,
  ];
}

/** Which directions a policy is about the server settles when it is created. */
function egressUnnamed(title: string, before: ManifestObject, after: ManifestObject): string[] {
  if (after.kind !== 'NetworkPolicy' || !isBuiltIn(after)) return [];
  const [old, now] = [before, after].map(({ root }) => root.at('spec'));
  const isNamed = [old, now].some((spec) => (spec?.at('policyTypes').items.length ?? 0) > 0);
  const had = (old?.at('egress').items.length ?? 0) > 0;
  const has = (now?.at('egress').items.length ?? 0) > 0;
  if (isNamed || had === has) return [];
  return [
    has
      ? `${title}: egress rules were added, but the API server set policyTypes to [Ingress] when it was created, and keeps it: state policyTypes: [Ingress, Egress]`
      : `${title}: egress rules were removed, but the API server set policyTypes to [Ingress, Egress] when it was created, and keeps it, so all egress is denied: state policyTypes: [Ingress]`,
  ];
}

/** A Service that was headless and no longer says so. */
function headlessGivenUp(title: string, before: ManifestObject, after: ManifestObject): string[] {
  if (after.kind !== 'Service' || before.root.at('spec', 'clusterIP').text !== 'None') return [];
  if (after.root.at('spec', 'clusterIP').exists || after.root.at('spec', 'type').text === 'ExternalName') return [];
  return [
    `${title}: clusterIP: None was removed, but the API server keeps it: the Service stays headless until it is deleted and recreated`,
  ];
}

const SCALED: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
  'Rollout',
]);

function replicasGivenUp({ title, before, after }: ObjectChange, set: ManifestSet): string[] {
  const replicas = before.root.at('spec', 'replicas').number;
  if (!SCALED.has(after.kind) || replicas === undefined || replicas <= 1) return [];
  if (after.root.at('spec', 'replicas').exists) return [];
  const autoscaler = [...set.ofKind('HorizontalPodAutoscaler'), ...set.ofKind('ScaledObject')].find(
    ({ root, namespace }) =>
      namespace === after.namespace && root.at('spec', 'scaleTargetRef', 'name').text === after.name,
  );
  const then = autoscaler === undefined ? '' : `, and ${kindAndName(autoscaler)} must scale it up again`;
  return [
    `${title}: replicas was removed, so the API server sets it to 1${then}: first give up the field (kubectl apply edit-last-applied), or keep ${replicas} for one more apply`,
  ];
}

/** Pods that go on with what they read before: files mounted by subPath are never replaced, variables are read once. */
function readByRunning({ title, after, fields }: ObjectChange, running: readonly PodTemplate[]): string[] {
  const source = sourceKind(after);
  const keys = changedKeys(fields.map(({ field }) => field));
  if (source === undefined || keys.size === 0) return [];
  return running.flatMap((pod) => {
    if (pod.object.namespace !== after.namespace) return [];
    const ways = [
      ...(mountsBySubPath(pod, source, after.name, keys) ? ['by subPath'] : []),
      ...(readsIntoEnv(pod, source, after.name, keys) ? ['into its environment'] : []),
    ];
    if (ways.length === 0) return [];
    const reader = kindAndName(pod.object);
    return [`${title}: ${reader} reads it ${ways.join(' and ')}, so running pods do not see the change: restart them`];
  });
}

function readsIntoEnv(pod: PodTemplate, source: Source, name: string, keys: ReadonlySet<string>): boolean {
  return pod.containers.some(({ at }) => {
    const whole = at.at('envFrom').items.some((entry) => entry.at(`${source}Ref`, 'name').text === name);
    const single = at.at('env').items.some((entry) => {
      const ref = entry.at('valueFrom', `${source}KeyRef`);
      return ref.at('name').text === name && keys.has(ref.at('key').text ?? '');
    });
    return whole || single;
  });
}

/** Kinds whose pods run on until something replaces them. */
const LASTING: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Rollout',
  'Pod',
]);

type Source = 'configMap' | 'secret';

function sourceKind({ kind, group }: ManifestObject): Source | undefined {
  if (group !== '') return undefined;
  if (kind === 'ConfigMap') return 'configMap';
  return kind === 'Secret' ? 'secret' : undefined;
}

function changedKeys(fields: readonly string[]): ReadonlySet<string> {
  const keys = fields.flatMap((field) => {
    const [, plain, quoted] = /^(?:data|binaryData)(?:\.([\w-]+)|\["(.+)"\])/.exec(field) ?? [];
    return plain ?? quoted ?? [];
  });
  return new Set(keys);
}

function mountsBySubPath(pod: PodTemplate, source: Source, name: string, keys: ReadonlySet<string>): boolean {
  const field = source === 'configMap' ? 'name' : 'secretName';
  const volumes = pod.spec.at('volumes').items.flatMap((volume) => {
    const own = volume.at(source);
    const projected = volume.at('projected', 'sources').items.map((it) => it.at(source));
    const refs = [
      ...(own.at(field).text === name ? [own] : []),
      ...projected.filter((it) => it.at('name').text === name),
    ];
    return refs.length === 0
      ? []
      : [{ volume: volume.at('name').text, items: refs.flatMap((it) => it.at('items').items) }];
  });
  return volumes.some(({ volume, items }) =>
    pod.containers.some(({ at }) =>
      at.at('volumeMounts').items.some((mount) => {
        const path = mount.at('subPath').text ?? mount.at('subPathExpr').text;
        if (mount.at('name').text !== volume || path === undefined) return false;
        const key = items.find((item) => item.at('path').text === path)?.at('key').text ?? path;
        // a folder, or a path that is put together at the start, may be any of them
        return keys.has(key) || path.includes('$(') || [...keys].some((it) => it.startsWith(`${path}/`));
      }),
    ),
  );
}
