/** Services and the pods behind them: who is selected, which ports lead where, what governs a StatefulSet. */
import type { Cursor } from '../cursor.ts';
import { kindAndName } from '../manifest-set.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from '../manifest-set.ts';
import { selects } from '../selector.ts';
import { faultAt, isElsewhere, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { containerPorts, podsBehind, podsSelected } from '../service-pods.ts';

const SELECTING: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/** Every fault between Services, selectors and ports. */
export function serviceFaults(input: CheckInput): readonly ManifestFault[] {
  const { set } = input;
  const workloads = set.pods.filter((pod) => SELECTING.has(pod.object.kind));
  const labels = labelsOf(set);
  return [
    ...set.ofKind('Service').flatMap((service) => selectionFaults(set, service, labels)),
    ...workloads.flatMap(ownSelectorFaults),
    ...sharedSelectorFaults(set, workloads),
    ...set.pods.filter((pod) => pod.object.kind === 'StatefulSet').flatMap((pod) => governingFaults(input, pod)),
  ];
}

/** Labels of pods as `key=value`. */
interface PodLabels {
  /** Pods of all namespaces that carry one. */
  readonly pods: ReadonlyMap<string, readonly PodTemplate[]>;
  /** Those of a namespace. */
  readonly inNamespace: ReadonlyMap<string, readonly string[]>;
}

function labelsOf(set: ManifestSet): PodLabels {
  const [pods, inNamespace] = [new Map<string, PodTemplate[]>(), new Map<string, string[]>()];
  const add = <T>(map: Map<string, T[]>, key: string, item: T): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, [item]);
    else known.push(item);
  };
  for (const pod of set.templates) {
    for (const [key, value] of Object.entries(pod.labels)) {
      add(pods, `${key}=${value}`, pod);
      add(inNamespace, pod.object.namespace, `${key}=${value}`);
    }
  }
  return { pods, inNamespace };
}

function selectionFaults(set: ManifestSet, service: ManifestObject, labels: PodLabels): ManifestFault[] {
  const selector = service.root.at('spec', 'selector');
  if (selector.entries.length === 0) return unselectedFaults(set, service);
  if (Object.keys(selector.strings).length === 0) return [];
  const pods = podsBehind(set, service);
  if (pods.length > 0) {
    return [
      ...pods.filter((pod) => !pod.embedded).flatMap((pod) => targetPortFaults(service, pod)),
      ...twoWorkloadsFaults(service, pods),
    ];
  }
  const elsewhere = elsewhereFault(labels, service, selector);
  if (elsewhere !== undefined) return [elsewhere];
  const wanted = Object.entries(selector.strings).map(([key, value]) => `${key}=${value}`);
  const there = labels.inNamespace.get(service.namespace) ?? [];
  const message = `the selector ${wanted.join(',')} matches no pod of the namespace: ${nearest(wanted[0] ?? '', there)}`;
  return [faultAt(service, selector, 'service-selects-nothing', message)];
}

/** A Service without a selector leads where Endpoints of its name say. */
function unselectedFaults(set: ManifestSet, service: ManifestObject): ManifestFault[] {
  const { namespace, name, root } = service;
  if (root.at('spec', 'type').text === 'ExternalName' || !root.at('spec').exists) return [];
  const stated =
    set.find('Endpoints', namespace, name) !== undefined ||
    set
      .ofKind('EndpointSlice')
      .some((slice) => slice.root.at('metadata', 'labels', 'kubernetes.io/service-name').text === name);
  if (stated) return [];
  const at = root.at('spec', 'selector').exists ? root.at('spec', 'selector') : root.at('spec');
  const message = `the Service has no selector, and no Endpoints or EndpointSlice belongs to ${name}, so it has no target: add a selector with the labels of its pods`;
  return [faultAt(service, at, 'service-selects-nothing', message)];
}

/** Pods with the labels in another namespace, where the Service does not see them. */
function elsewhereFault({ pods }: PodLabels, service: ManifestObject, selector: Cursor): ManifestFault | undefined {
  const wanted = Object.entries(selector.strings);
  const texts = wanted.map(([key, value]) => `${key}=${value}`);
  const pod = pods.get(texts[0] ?? '')?.find((it) => wanted.every(([key, value]) => it.labels[key] === value));
  if (pod === undefined) return undefined;
  const text = texts.join(',');
  const [there, here] = [pod.object.namespace, service.namespace].map((it) =>
    it === '' ? 'no namespace' : `the namespace ${it}`,
  );
  const message = `the selector ${text} matches no pod in the namespace of the Service: ${kindAndName(pod.object)} has these labels in ${there}, but the Service is in ${here}: put both in one namespace (the namespace of a List is not that of its items)`;
  return faultAt(service, selector, 'service-selects-nothing', message);
}

/** Requests are spread over all pods that a selector matches, whichever workload they are of. */
function twoWorkloadsFaults(service: ManifestObject, pods: readonly PodTemplate[]): ManifestFault[] {
  const [first, second] = pods.filter((pod) => pod.object.kind === 'Deployment' || pod.object.kind === 'StatefulSet');
  if (first === undefined || second === undefined || areVersions(first, second)) return [];
  const message = `it selects the pods of ${kindAndName(first.object)} and of ${kindAndName(second.object)}, so each request goes to one of the two: select a label that only one has`;
  return [faultAt(service, service.root.at('spec', 'selector'), 'service-selects-two', message)];
}

/** Labels by which people tell versions of one app, whose requests are shared on purpose. */
const VERSION_LABELS = ['version', 'app.kubernetes.io/version', 'track'];

function areVersions(one: PodTemplate, other: PodTemplate): boolean {
  const told = ({ labels }: PodTemplate): (string | undefined)[] => VERSION_LABELS.map((key) => labels[key]);
  const others = told(other);
  return told(one).some(
    (value, index) => value !== undefined && others[index] !== undefined && value !== others[index],
  );
}

function targetPortFaults(service: ManifestObject, pod: PodTemplate): ManifestFault[] {
  const open = containerPorts(pod);
  return service.root.at('spec', 'ports').items.flatMap((port) => {
    const target = port.at('targetPort').exists ? port.at('targetPort') : port.at('port');
    const known = open.some((it) => it.name === target.value || it.port === target.value);
    if (known || (open.length === 0 && target.number !== undefined)) return [];
    const names = open.map((it) => (it.name === undefined ? String(it.port) : `${it.name} (${it.port})`));
    const message = `targetPort is ${target.value}, but no container of ${kindAndName(pod.object)} has this port, so connections would be refused: ${nearest(String(target.value), names)}`;
    return [faultAt(service, target, 'service-target-port', message)];
  });
}

function ownSelectorFaults(pod: PodTemplate): ManifestFault[] {
  const selector = pod.object.root.at('spec', 'selector');
  const place = (message: string): ManifestFault[] => [faultAt(pod.object, selector, 'workload-selector', message)];
  if (selector.entries.length === 0) {
    return place('spec.selector is missing, but apps/v1 requires it: select the label app of the pod template');
  }
  if (selects(selector, pod.labels)) return [];
  return place(
    `spec.selector ${labelText(selector.at('matchLabels').strings)} does not match the labels of its own pods ${labelText(pod.labels)}, which the API server refuses: make them equal`,
  );
}

function sharedSelectorFaults(set: ManifestSet, workloads: readonly PodTemplate[]): ManifestFault[] {
  const rivals = new Map<PodTemplate, PodTemplate>();
  for (const pod of workloads) {
    for (const other of selectedBy(set, pod)) {
      const [first, second] = pod.object.index < other.object.index ? [pod, other] : [other, pod];
      const known = rivals.get(second);
      if (known === undefined || first.object.index < known.object.index) rivals.set(second, first);
    }
  }
  return workloads.flatMap((pod) => {
    const selector = pod.object.root.at('spec', 'selector');
    const rival = rivals.get(pod);
    if (rival === undefined || selector.entries.length === 0) return [];
    const message = `it selects the same pods as ${kindAndName(rival.object)}, so both would manage them: give each its own label app`;
    return [faultAt(pod.object, selector, 'workload-selector-shared', message)];
  });
}

/** Other workloads of the namespace whose pods a workload selects. */
function selectedBy(set: ManifestSet, pod: PodTemplate): readonly PodTemplate[] {
  const { object } = pod;
  return podsSelected(set, object.namespace, object.root.at('spec', 'selector')).filter(
    (other) => other !== pod && SELECTING.has(other.object.kind),
  );
}

function governingFaults(input: CheckInput, pod: PodTemplate): ManifestFault[] {
  const { object } = pod;
  const at = object.root.at('spec', 'serviceName');
  const place = (message: string): ManifestFault[] => [faultAt(object, at, 'stateful-set-service', message)];
  if (at.text === undefined || at.text === '') return [];
  if (isElsewhere(input, at.text)) return [];
  const service = input.set.find('Service', object.namespace, at.text);
  if (service === undefined) {
    const names = input.set.ofKind('Service').map((it) => it.name);
    return place(
      `serviceName is ${at.text}, but the namespace has no such Service, so its pods get no DNS names: ${nearest(at.text, names)}`,
    );
  }
  if (service.root.at('spec', 'clusterIP').text !== 'None') {
    return place(
      `the Service ${at.text} is not headless, so its pods get no DNS names: set clusterIP to None, or name a headless Service`,
    );
  }
  if (selectsAll(service.root.at('spec', 'selector'), pod.labels)) return [];
  return place(`the Service ${at.text} does not select its pods ${labelText(pod.labels)}: select their label app`);
}

function selectsAll(selector: Cursor, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector.strings).every(([key, value]) => labels[key] === value);
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
