/** Who may reach a microservice and whom it may reach: one NetworkPolicy, on top of the namespace's default-deny. */
import type { k8s } from 'cdk8s-plus-27';
import type { Fault } from '#env';
import type { Connection } from '#manifests';
import { intOrString } from '../object/kube-objects.ts';
import { dnsEgress, podsOf } from '../store/policy.ts';
import type { PodPeer } from '../store/policy.ts';

/** A target that a service may reach in addition to the cluster hosts in its env; accepts the `endpoint` of a store. */
export interface EgressTarget {
  /**
   * Host as in env, which identifies the connection.
   * @default - every host on that port
   */
  readonly host?: string | undefined;
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

/** What the NetworkPolicy of a microservice is made of. */
export interface MicroservicePolicy {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** Who may reach the port. */
  readonly callers: readonly PodPeer[];
  /** What its env names. */
  readonly connections: readonly Connection[];
  readonly egress: readonly EgressTarget[];
}

/** An address in the web: naming one (a public origin, a link) does not mean to dial it. */
const WEB_SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss']);

/** The NetworkPolicy of a microservice. */
export function microservicePolicy(props: MicroservicePolicy): k8s.KubeNetworkPolicyProps {
  return {
    metadata: { name: props.name, labels: { app: props.name } },
    spec: {
      podSelector: { matchLabels: { app: props.name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: props.callers.length === 0 ? undefined : [{ from: props.callers.map(peer), ports: [tcp(props.port)] }],
      egress: [dnsEgress(), ...distinct(egressRules(props))],
    },
  };
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
      return [{ to: [peer(home === namespace ? pods : foreign)], ports: [tcp(port)] }];
    });
  return [...implied, ...egress.map(targetRule)];
}

function targetRule({ port, app, pods, cidrs = [] }: EgressTarget): k8s.NetworkPolicyEgressRule {
  const to = [
    ...(app === undefined ? [] : [peer(podsOf(app))]),
    ...(pods === undefined ? [] : [peer(pods)]),
    ...cidrs.map((cidr) => ({ ipBlock: { cidr } })),
  ];
  return { ...(to.length === 0 ? {} : { to }), ports: [tcp(port)] };
}

function peer(pods: PodPeer): k8s.NetworkPolicyPeer {
  return {
    ...(pods.namespaceLabels === undefined ? {} : { namespaceSelector: { matchLabels: { ...pods.namespaceLabels } } }),
    podSelector: { matchLabels: { ...pods.podLabels } },
  };
}

function tcp(port: number): k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: intOrString(port) };
}

function distinct(rules: readonly k8s.NetworkPolicyEgressRule[]): readonly k8s.NetworkPolicyEgressRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
