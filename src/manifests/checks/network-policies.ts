/** Each connection that the objects imply is let through at both ends: out of the caller, and into the callee. */
import { containerConnections } from '../container-connections.ts';
import type { Cursor } from '../cursor.ts';
import { kindAndName } from '../manifest-set.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { dialsOf, targetsOf } from '../dials.ts';
import type { Dial } from '../dials.ts';
import { backendsOf, publicHosts } from '../backends.ts';
import { allows, letsTheEdgeIn, passageOf, peerMatches, policiesOn, portOf } from '../network-rules.ts';
import { podsBehind, targetPort } from '../service-pods.ts';

const DNS_PORT = 53;
/** The cluster's DNS as every distribution labels it. */
const DNS = {
  labels: { 'k8s-app': 'kube-dns' },
  namespace: 'kube-system',
  namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system' },
};

/** Every connection that a policy blocks. */
export function networkPolicyFaults(input: CheckInput): readonly ManifestFault[] {
  const dials = distinct(dialsOf(input.set));
  return [
    ...dials.flatMap((dial) => dialFaults(input.set, dial)),
    ...[...new Set(dials.map((dial) => dial.pod))].flatMap((pod) => dnsFaults(input.set, pod)),
    ...edgeFaults(input.set),
    ...openFaults(input.set),
    ...outsideFaults(input.set),
  ];
}

function dialFaults(set: ManifestSet, dial: Dial): ManifestFault[] {
  return targetsOf(set, dial).flatMap(({ pod, port }) => {
    const faults: ManifestFault[] = [];
    const caller = kindAndName(dial.pod.object);
    const callee = kindAndName(pod.object);
    const { leaving, out, entering, in: letIn } = passageOf(set, dial.pod, pod, port);
    if (!out) {
      const message = `${dial.named} connects to ${callee} on port ${port}, but no egress rule of ${names(leaving)} allows it for ${caller}: add an egress rule to its pods and port`;
      faults.push(faultAt(dial.object, dial.at, 'network-policy-egress', message));
    }
    if (!letIn) {
      const message = `${dial.named} of ${caller} connects to ${callee} on port ${port}, but no ingress rule of ${names(entering)} allows it: add an ingress rule from its pods`;
      faults.push(faultAt(dial.object, dial.at, 'network-policy-ingress', message));
    }
    return faults;
  });
}

function dnsFaults(set: ManifestSet, pod: PodTemplate): ManifestFault[] {
  const leaving = policiesOn(set, pod, 'Egress');
  if (leaving.length === 0) return [];
  const blocked = ['UDP', 'TCP'].filter((protocol) => {
    const port = { port: DNS_PORT, protocol, name: undefined };
    return !allows(
      leaving,
      'Egress',
      port,
      (peer, policy) => peer.at('ipBlock').exists || peerMatches(peer, policy, DNS),
    );
  });
  if (blocked.length === 0) return [];
  const wayOut = 'allow port 53 to k8s-app=kube-dns in kube-system';
  if (blocked.join() === 'TCP') {
    // UDP carries all answers but the long ones
    const message = `it connects to host names, but no egress rule of ${names(leaving)} allows cluster DNS over TCP, which resolvers use when an answer does not fit into a datagram: ${wayOut} over TCP too`;
    return [faultAt(pod.object, pod.spec, 'network-policy-dns-tcp', message)];
  }
  const message = `it connects to host names, but no egress rule of ${names(leaving)} allows cluster DNS over ${blocked.join(' and ')}: ${wayOut}`;
  return [faultAt(pod.object, pod.spec, 'network-policy-dns', message)];
}

/** What the edge leads to must let in somebody from outside its own namespace. */
function edgeFaults(set: ManifestSet): ManifestFault[] {
  return backendsOf(set).flatMap(({ edge, service, entry, at }) => {
    if (service === undefined || entry === undefined) return [];
    return podsBehind(set, service).flatMap((pod) => {
      const entering = policiesOn(set, pod, 'Ingress');
      const port = targetPort(entry, pod);
      if (entering.length === 0 || port === undefined) return [];
      if (letsTheEdgeIn(entering, portOf(pod, port))) return [];
      const message = `it routes to ${kindAndName(pod.object)} on port ${port}, but no ingress rule of ${names(entering)} allows the namespace of the edge: add an ingress rule with a namespaceSelector`;
      return [faultAt(edge, at, 'network-policy-edge', message)];
    });
  });
}

/** A policy that lets everything through undoes one beside it that denies by default: what one allows is allowed. */
function openFaults(set: ManifestSet): ManifestFault[] {
  const policies = set.ofKind('NetworkPolicy');
  const denied = new Set(
    policies.filter(deniesAll).flatMap(({ namespace, root }) => directionsOf(root).map((it) => `${namespace} ${it}`)),
  );
  return policies.flatMap((policy) => {
    const spec = policy.root.at('spec');
    if (!isEverybody(spec.at('podSelector'))) return [];
    return (['Ingress', 'Egress'] as const).flatMap((direction) => {
      const rules = spec.at(direction.toLowerCase()).items;
      const open = rules.find((rule) => rule.entries.length === 0);
      if (open === undefined || !denied.has(`${policy.namespace} ${direction}`)) return [];
      const message = `it allows all ${direction.toLowerCase()} of every pod in the namespace, so the default deny of another policy has no effect: restrict it to specific pods and peers`;
      return [faultAt(policy, open, 'network-policy-open', message)];
    });
  });
}

function deniesAll({ root }: ManifestObject): boolean {
  const spec = root.at('spec');
  return isEverybody(spec.at('podSelector')) && spec.at('ingress').items.length + spec.at('egress').items.length === 0;
}

function isEverybody(selector: Cursor): boolean {
  return selector.entries.every(([, value]) => value.entries.length + value.items.length === 0);
}

function directionsOf(root: Cursor): readonly string[] {
  const types = root.at('spec', 'policyTypes').items.flatMap((type) => type.text ?? []);
  return types.length > 0 ? types : ['Ingress'];
}

/** A host outside the cluster is reached by its address, which only an ipBlock or a rule for everybody lets out. */
function outsideFaults(set: ManifestSet): ManifestFault[] {
  const own = publicHosts(set);
  return set.pods.flatMap((pod) => {
    const leaving = policiesOn(set, pod, 'Egress');
    return leaving.length === 0 ? [] : podOutsideFaults(set, pod, leaving, own);
  });
}

/** Names of variables whose address is for others, such as `PUBLIC_ORIGIN`, `CORS_ORIGINS` or `EXTERNAL_URL`. */
const HANDED_ON = /(^|_)(PUBLIC|EXTERNAL|CORS|ORIGINS?)(_|$)/i;

function podOutsideFaults(
  set: ManifestSet,
  pod: PodTemplate,
  leaving: readonly ManifestObject[],
  own: ReadonlySet<string>,
): ManifestFault[] {
  return pod.containers.flatMap((container) =>
    containerConnections(set, container).flatMap(({ host, port, service, from, assumed, named, at }) => {
      if (service !== undefined || assumed || !host.includes('.')) return [];
      // addresses that the program may only hand on: arguments, the set's own name at the edge, origins of browsers
      if (from === 'args' || own.has(host) || HANDED_ON.test(from)) return [];
      const wanted = { port, protocol: 'TCP', name: undefined };
      if (allows(leaving, 'Egress', wanted, (peer) => peer.at('ipBlock').exists)) return [];
      const message = `${named} connects to ${host} on port ${port}, outside the cluster, but no egress rule of ${names(leaving)} allows it: add an egress rule with an ipBlock for the port`;
      return [faultAt(pod.object, at, 'network-policy-outside', message)];
    }),
  );
}

function distinct(dials: readonly Dial[]): readonly Dial[] {
  const key = (dial: Dial): string => `${dial.pod.object.index} ${dial.namespace} ${dial.service} ${dial.port}`;
  return [...new Map(dials.toReversed().map((dial) => [key(dial), dial])).values()].reverse();
}

function names(policies: readonly ManifestObject[]): string {
  return policies.map(kindAndName).join(', ');
}
