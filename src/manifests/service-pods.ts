import type { Cursor } from './cursor.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from './manifest-set.ts';
import { selects } from './selector.ts';

/** A port that a container says it opens. */
export interface ContainerPort {
  readonly name: string | undefined;
  readonly port: number;
  readonly protocol: string;
  readonly at: Cursor;
}

/** The ports of all containers of a pod. */
export function containerPorts(pod: PodTemplate): readonly ContainerPort[] {
  return pod.containers.flatMap(({ at }) => portsOf(at));
}

/** The ports of one container. */
export function portsOf(container: Cursor): readonly ContainerPort[] {
  return container.at('ports').items.flatMap((at) => {
    const port = at.at('containerPort').number;
    if (port === undefined) return [];
    return [{ name: at.at('name').text, port, protocol: at.at('protocol').text ?? 'TCP', at }];
  });
}

/** The pods of a namespace that carry everything that `matchLabels` and `matchExpressions` of a selector ask for. */
export function podsSelected(set: ManifestSet, namespace: string, selector: Cursor): readonly PodTemplate[] {
  return candidatesOf(set, namespace, selector).filter(
    (pod) => pod.object.namespace === namespace && selects(selector, pod.labels),
  );
}

/** Pods among which those that a selector selects are, as few as an index can tell. */
function candidatesOf(set: ManifestSet, namespace: string, selector: Cursor): readonly PodTemplate[] {
  const labels = selector.at('matchLabels').strings;
  if (Object.keys(labels).length > 0) return set.podsLabelled(namespace, labels);
  const chosen = selector.at('matchExpressions').items.find((it) => it.at('operator').text === 'In');
  if (chosen === undefined) return set.pods;
  const key = chosen.at('key').text ?? '';
  const values = new Set(chosen.at('values').items.flatMap((value) => value.text ?? []));
  return [...values].flatMap((value) => set.podsLabelled(namespace, { [key]: value }));
}

/** Label that the controller adds to each pod of a StatefulSet: the name of the pod, such as `nats-0`. */
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';

/** The pods that a Service selects; none for one without a selector. */
export function podsBehind(set: ManifestSet, service: ManifestObject): readonly PodTemplate[] {
  const { [POD_NAME_LABEL]: podName, ...labels } = service.root.at('spec', 'selector').strings;
  if (podName === undefined) return set.podsLabelled(service.namespace, labels);
  const owner = podName.replace(/-\d+$/, '');
  return set.pods.filter(
    ({ object, labels: own }) =>
      object.kind === 'StatefulSet' &&
      object.name === owner &&
      object.namespace === service.namespace &&
      Object.entries(labels).every(([key, value]) => own[key] === value),
  );
}

/** The entry of a Service for a port, by number or name. */
export function servicePort(service: ManifestObject, port: number | string): Cursor | undefined {
  const field = typeof port === 'number' ? 'port' : 'name';
  return service.root.at('spec', 'ports').items.find((entry) => entry.at(field).value === port);
}

/** Number of the container's port that an entry of a Service leads to in a pod; undefined when the pod has no such name. */
export function targetPort(entry: Cursor, pod: PodTemplate): number | undefined {
  const target = entry.at('targetPort').exists ? entry.at('targetPort') : entry.at('port');
  return target.number ?? containerPorts(pod).find((port) => port.name === target.text)?.port;
}
