/** Who may reach a microservice and whom it may reach: one NetworkPolicy, on top of the namespace's default-deny. */
import type { k8s } from 'cdk8s-plus-27';
import type { Fault } from '#env';
import { cidrFault } from '#manifests';
import type { Connection } from '#manifests';
import { HIGHEST_PORT, isPort } from '../object/port.ts';
import { dnsEgress, podsOf, policyPeers, tcp, unlessEmpty } from '../store/policy.ts';
import type { NetworkPeer, PodPeer, StoreEntry } from '../store/policy.ts';

/** A target that a service may reach in addition to the cluster hosts in its env; accepts the `endpoint` of a store. */
export interface EgressTarget {
  /**
   * Host as in env, which identifies the connection.
   * @default - every host on that port
   */
  readonly host?: string | undefined;
  /** Port, TCP. */
  readonly port: number;
  /**
   * Label `app` of pods in the same namespace.
   * @default - none
   */
  readonly app?: string | undefined;
  /**
   * Pods by any labels, in another namespace too.
   * @default - none
   */
  readonly pods?: PodPeer | undefined;
  /**
   * Address ranges, such as `10.20.0.0/16`.
   * @default - any address without pods, because a policy cannot contain host names
   */
  readonly cidrs?: readonly string[] | undefined;
}

/** A port that other pods may reach, of a container that the cluster injects. */
export interface IngressSource {
  /** Port of the pod, TCP. */
  readonly port: number;
  /** Who may reach it. */
  readonly from: readonly NetworkPeer[];
}

/** What the NetworkPolicy of a microservice is made of. */
export interface MicroservicePolicy {
  readonly name: string;
  readonly namespace: string;
  /** Ports that may be reached, and by whom; an entry without peers is left out. */
  readonly entries: readonly StoreEntry[];
  /** What its env names. */
  readonly connections: readonly Connection[];
  readonly egress: readonly EgressTarget[];
}

/** An address in the web: naming one (a public origin, a link) does not mean to dial it. */
const WEB_SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss']);

/** The NetworkPolicy of a microservice. */
export function microservicePolicy(props: MicroservicePolicy): k8s.KubeNetworkPolicyProps {
  const rules = props.entries
    .map(({ port, from }) => ({ from: from.flatMap(policyPeers), ports: [tcp(port)] }))
    // an empty list would let everybody in
    .filter(({ from }) => from.length > 0);
  return {
    metadata: { name: props.name, labels: { app: props.name } },
    spec: {
      podSelector: { matchLabels: { app: props.name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: unlessEmpty(rules),
      egress: [dnsEgress(), ...distinct(egressRules(props))],
    },
  };
}

/** Targets and callers that a policy cannot hold, or that would open it to everybody. */
export function peerFaults({ entries, egress }: MicroservicePolicy, place: string): readonly Fault[] {
  const targets = egress.flatMap(({ port, cidrs = [], pods }, index) => [
    ...(isPort(port) ? [] : [`egress[${index}].port is ${port}, must be 1 to ${HIGHEST_PORT}: correct it`]),
    ...cidrs.flatMap((cidr) => cidrProblem(`egress[${index}].cidrs`, cidr)),
    ...(pods === undefined ? [] : labelProblem(`egress[${index}].pods`, pods)),
  ]);
  const callers = entries.flatMap(({ from }) =>
    from.flatMap((peer) =>
      'cidrs' in peer ? addressProblems('a caller', peer.cidrs) : labelProblem('a caller', peer),
    ),
  );
  return [...new Set([...targets, ...callers])].map((message) => ({ rule: 'network-peer', place, message }));
}

function addressProblems(what: string, cidrs: readonly string[]): string[] {
  if (cidrs.length === 0) return [`${what} has empty cidrs, which means nobody: name a range, or remove it`];
  return cidrs.flatMap((cidr) => cidrProblem(what, cidr));
}

function cidrProblem(what: string, cidr: string): string[] {
  const problem = cidrFault(cidr);
  return problem === undefined
    ? []
    : [`${what} contains ${JSON.stringify(cidr)}, ${problem}: use a range such as 10.20.0.0/16`];
}

function labelProblem(what: string, { podLabels, namespaceLabels }: PodPeer): string[] {
  const problems: string[] = [];
  if (Object.keys(podLabels).length === 0 && namespaceLabels === undefined)
    problems.push(`${what} has empty podLabels, which means every pod of the namespace: name a label`);
  if (namespaceLabels !== undefined && Object.keys(namespaceLabels).length === 0)
    problems.push(`${what} has empty namespaceLabels, which means every namespace: name a label`);
  return problems;
}

/** Connections out of the cluster that no `egress` allows. */
export function egressFaults(props: MicroservicePolicy, place: string): readonly Fault[] {
  return props.connections
    .filter(({ service, scheme }) => service === undefined && !WEB_SCHEMES.has(scheme ?? ''))
    .filter(({ host, port }) => !props.egress.some((target) => covers(target, host, port)))
    .map(({ host, port, from }) => ({
      rule: 'egress-undeclared',
      place: `${place} env ${from}`,
      message: `host is ${host}, which is outside the cluster and would be blocked by the NetworkPolicy: add egress: [{ host: '${host}', port: ${port}, cidrs: [...] }]`,
    }));
}

function covers(target: EgressTarget, host: string, port: number): boolean {
  return target.port === port && (target.host === undefined || target.host === host);
}

function egressRules({ name, namespace, connections, egress }: MicroservicePolicy): k8s.NetworkPolicyEgressRule[] {
  const implied = connections
    // a URL that is unseen and a target on its port: the target says where it is
    .filter(({ assumed, port }) => !assumed || !egress.some((target) => target.port === port))
    .flatMap(({ service, namespace: home, port }) => {
      if (service === undefined || (service === name && home === namespace)) return [];
      const pods = podsOf(service);
      const foreign = { ...pods, namespaceLabels: { 'kubernetes.io/metadata.name': home ?? '' } };
      return [{ to: policyPeers(home === namespace ? pods : foreign), ports: [tcp(port)] }];
    });
  return [...implied, ...egress.map(targetRule)];
}

function targetRule({ port, app, pods, cidrs = [] }: EgressTarget): k8s.NetworkPolicyEgressRule {
  const to = [
    ...(app === undefined ? [] : policyPeers(podsOf(app))),
    ...(pods === undefined ? [] : policyPeers(pods)),
    ...cidrs.map((cidr) => ({ ipBlock: { cidr } })),
  ];
  return { ...(to.length === 0 ? {} : { to }), ports: [tcp(port)] };
}

function distinct(rules: readonly k8s.NetworkPolicyEgressRule[]): readonly k8s.NetworkPolicyEgressRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
