/** What NetworkPolicies let through, whether or not anybody dials it: who a rule lets in, and whom it lets out to. */
import type { Cursor } from './cursor.ts';
import { peerMatches, peerOf, policiesOn } from './network-rules.ts';
import type { Direction } from './network-rules.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from './manifest-set.ts';

/** One peer of one rule, as it bears on one pod. */
export interface Opening {
  readonly pod: PodTemplate;
  /** `Ingress`: the peer may dial the pod; `Egress`: the pod may dial the peer. */
  readonly direction: Direction;
  /** Pods of the set that the peer means; empty when it lies outside. */
  readonly peers: readonly PodTemplate[];
  /** The peer in words, such as `kube-system k8s-app=kube-dns` or `10.0.0.0/8`. */
  readonly peer: string;
  /** Numbers or names of ports; empty means any. */
  readonly ports: readonly (number | string)[];
}

const RULES = { Ingress: ['ingress', 'from'], Egress: ['egress', 'to'] } as const;
const ANYBODY = 'anybody';

/** Every opening of every policy of a set. */
export function openingsOf(set: ManifestSet): readonly Opening[] {
  const namespaces = [...new Set(set.pods.map(({ object }) => object.namespace))];
  return set.pods.flatMap((pod) =>
    (['Ingress', 'Egress'] as const).flatMap((direction) =>
      policiesOn(set, pod, direction).flatMap((policy) => openingsBy(set, namespaces, pod, policy, direction)),
    ),
  );
}

function openingsBy(
  set: ManifestSet,
  namespaces: readonly string[],
  pod: PodTemplate,
  policy: ManifestObject,
  direction: Direction,
): Opening[] {
  const [rules, peers] = RULES[direction];
  return policy.root.at('spec', rules).items.flatMap((rule) => {
    const ports = portsOf(rule);
    const list = rule.at(peers).items;
    if (list.length === 0) return [{ pod, direction, peers: [], peer: ANYBODY, ports }];
    return list.map((peer) => ({
      pod,
      direction,
      peers: candidates(set, namespaces, peer, policy).filter((other) => peerMatches(peer, policy, peerOf(set, other))),
      peer: inWords(peer),
      ports,
    }));
  });
}

/** Ports of a rule; a range stands as `8000-8010`. */
function portsOf(rule: Cursor): readonly (number | string)[] {
  return rule.at('ports').items.flatMap((entry) => {
    const port = entry.at('port').number ?? entry.at('port').text;
    if (port === undefined) return [];
    const end = entry.at('endPort').number;
    return [end === undefined || end === port ? port : `${port}-${end}`];
  });
}

/** Pods that may match a peer, found by its labels where it names some. */
function candidates(
  set: ManifestSet,
  namespaces: readonly string[],
  peer: Cursor,
  policy: ManifestObject,
): readonly PodTemplate[] {
  if (peer.at('ipBlock').exists) return [];
  const labels = peer.at('podSelector', 'matchLabels').strings;
  if (Object.keys(labels).length === 0) return set.pods;
  const homes = peer.at('namespaceSelector').exists ? namespaces : [policy.namespace];
  return homes.flatMap((namespace) => set.podsLabelled(namespace, labels));
}

function inWords(peer: Cursor): string {
  const cidr = peer.at('ipBlock', 'cidr').text;
  if (cidr !== undefined) return /^(0\.0\.0\.0|::)\/0$/.test(cidr) ? ANYBODY : cidr;
  const home = peer.at('namespaceSelector');
  const { 'kubernetes.io/metadata.name': name, ...labels } = home.at('matchLabels').strings;
  const namespace = home.exists ? [name ?? '', ...pairs(labels)].join(' ').trim() || 'any namespace' : '';
  const pods = pairs(peer.at('podSelector', 'matchLabels').strings).join(',');
  return `${namespace} ${pods}`.trim() || 'pods of the namespace';
}

function pairs(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key.replace(/^.*\//, '')}=${value}`);
}
