/** Whether NetworkPolicies let a connection through, by the rules of networking.k8s.io/v1. */
import { controllerOfPeer, isGatewayPeer } from './edge-controllers.ts';
import type { Cursor } from './cursor.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from './manifest-set.ts';
import { selects } from './selector.ts';
import { containerPorts } from './service-pods.ts';

/** The two ways of a policy. */
export type Direction = 'Ingress' | 'Egress';

/** The other end of a connection, as a policy sees it. */
export interface PolicyPeer {
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** A port on which a pod is reached; its names matter where a policy names ports. */
export interface PolicyPort {
  readonly port: number;
  readonly protocol: string;
  readonly name: string | undefined;
}

/** Policies that restrict a pod in one direction. */
export function policiesOn(set: ManifestSet, pod: PodTemplate, direction: Direction): readonly ManifestObject[] {
  const { byLabel, others } = set.derived(policyIndex);
  const { namespace } = pod.object;
  const labelled = Object.entries(pod.labels).flatMap((label) => byLabel.get(labelKey(namespace, label)) ?? []);
  return [...labelled, ...(others.get(namespace) ?? [])]
    .filter((policy) => restricts(policy, direction) && selects(policy.root.at('spec', 'podSelector'), pod.labels))
    .sort((a, b) => a.index - b.index);
}

/** Policies by the first label that their selector asks for, and by namespace those that ask for none. */
interface PolicyIndex {
  readonly byLabel: ReadonlyMap<string, readonly ManifestObject[]>;
  readonly others: ReadonlyMap<string, readonly ManifestObject[]>;
}

function policyIndex(set: ManifestSet): PolicyIndex {
  const [byLabel, others] = [new Map<string, ManifestObject[]>(), new Map<string, ManifestObject[]>()];
  for (const policy of set.ofKind('NetworkPolicy')) {
    const [label] = Object.entries(policy.root.at('spec', 'podSelector', 'matchLabels').strings);
    const [groups, key] =
      label === undefined ? [others, policy.namespace] : [byLabel, labelKey(policy.namespace, label)];
    groups.set(key, [...(groups.get(key) ?? []), policy]);
  }
  return { byLabel, others };
}

function labelKey(namespace: string, [key, value]: readonly [string, string]): string {
  return `${namespace} ${key}=${value}`;
}

/** What policies say of a connection: who restricts it at either end, and whether they let it through there. */
export interface Passage {
  /** Policies on the caller's way out; with none it may dial anybody. */
  readonly leaving: readonly ManifestObject[];
  readonly out: boolean;
  /** Policies on the way into the callee; with none anybody may dial it. */
  readonly entering: readonly ManifestObject[];
  readonly in: boolean;
}

/** The passage from one pod to a port of another. */
export function passageOf(set: ManifestSet, caller: PodTemplate, callee: PodTemplate, port: number): Passage {
  const [leaving, entering] = [policiesOn(set, caller, 'Egress'), policiesOn(set, callee, 'Ingress')];
  const [from, to, reached] = [peerOf(set, caller), peerOf(set, callee), portOf(callee, port)];
  return {
    leaving,
    out: leaving.length === 0 || allows(leaving, 'Egress', reached, (peer, policy) => peerMatches(peer, policy, to)),
    entering,
    in:
      entering.length === 0 || allows(entering, 'Ingress', reached, (peer, policy) => peerMatches(peer, policy, from)),
  };
}

/** Whether policies let in somebody from outside the namespace, as the edge is. */
export function letsTheEdgeIn(entering: readonly ManifestObject[], port: PolicyPort): boolean {
  return allows(
    entering,
    'Ingress',
    port,
    (peer) => ['namespaceSelector', 'ipBlock'].some((field) => peer.at(field).exists) || isController(peer),
  );
}

/** Whether a peer is a controller, which may run in the namespace itself, as the pods of a Gateway of Istio do. */
function isController(peer: Cursor): boolean {
  return controllerOfPeer(peer) !== undefined || isGatewayPeer(peer);
}

/** Whether any rule of some policies lets a peer through on a port. */
export function allows(
  policies: readonly ManifestObject[],
  direction: Direction,
  port: PolicyPort,
  matches: (peer: Cursor, policy: ManifestObject) => boolean,
): boolean {
  const [rules, peers] = direction === 'Ingress' ? ['ingress', 'from'] : ['egress', 'to'];
  return policies.some((policy) =>
    policy.root.at('spec', rules).items.some((rule) => {
      const list = rule.at(peers).items;
      return portMatches(rule, port) && (list.length === 0 || list.some((peer) => matches(peer, policy)));
    }),
  );
}

/** Whether a peer of a rule means some pods. */
export function peerMatches(peer: Cursor, policy: ManifestObject, other: PolicyPeer): boolean {
  if (peer.at('ipBlock').exists) return false;
  const home = peer.at('namespaceSelector').exists
    ? selects(peer.at('namespaceSelector'), other.namespaceLabels)
    : other.namespace === policy.namespace;
  return home && (!peer.at('podSelector').exists || selects(peer.at('podSelector'), other.labels));
}

/** The pods of an object as the peer of a policy. */
export function peerOf(set: ManifestSet, pod: PodTemplate): PolicyPeer {
  const { namespace } = pod.object;
  const object = set.ofKind('Namespace').find((it) => it.name === namespace);
  const labels = object?.root.at('metadata', 'labels').strings ?? {};
  return { labels: pod.labels, namespace, namespaceLabels: { ...labels, 'kubernetes.io/metadata.name': namespace } };
}

/** A port of a pod with its name. */
export function portOf(pod: PodTemplate, port: number): PolicyPort {
  const name = containerPorts(pod).find((it) => it.port === port)?.name;
  return { port, protocol: 'TCP', name };
}

function restricts(policy: ManifestObject, direction: Direction): boolean {
  const types = policy.root.at('spec', 'policyTypes').items.map((type) => type.text);
  if (types.length > 0) return types.includes(direction);
  return direction === 'Ingress' || policy.root.at('spec', 'egress').exists;
}

function portMatches(rule: Cursor, wanted: PolicyPort): boolean {
  const ports = rule.at('ports').items;
  return (
    ports.length === 0 ||
    ports.some((entry) => {
      if ((entry.at('protocol').text ?? 'TCP') !== wanted.protocol) return false;
      const port = entry.at('port');
      if (!port.exists) return true;
      if (port.text !== undefined) return port.text === wanted.name;
      const first = port.number ?? 0;
      return wanted.port >= first && wanted.port <= (entry.at('endPort').number ?? first);
    })
  );
}
