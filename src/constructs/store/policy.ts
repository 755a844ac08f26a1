/** Who may reach a store and whom it may reach: one NetworkPolicy per store, on top of the namespace's default-deny. */
import { Chart, Lazy } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { k8s } from 'cdk8s-plus-27';
import { intOrString, kubeObject, plainJson } from '../object/kube-objects.ts';
import { servicePodsIn } from './service-pods.ts';

/** Pods by their labels; with `namespaceLabels` those of other namespaces, else of the same one. */
export interface PodPeer {
  /** Labels of the pods, such as `{ app: 'prometheus' }`. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Labels of their namespace. @default - the namespace of the store */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
}

/** Addresses instead of pods, for clients that are no pods, such as a load balancer of the cloud. */
export interface AddressPeer {
  /** Address ranges, such as `10.20.0.0/16`. */
  readonly cidrs: readonly string[];
}

/** Who may connect: pods by their labels, or addresses. */
export type NetworkPeer = PodPeer | AddressPeer;

/** A port of a store and who may reach it. */
export interface StoreEntry {
  readonly port: number;
  readonly from: readonly NetworkPeer[];
  /** Services that log in: their pods may reach it, and whatever else of the app runs as one of them. @default - none */
  readonly services?: readonly string[];
}

/** A port that the pods of a store reach, and on whom. */
export interface StoreExit {
  readonly port: number;
  readonly to: readonly PodPeer[];
}

/** What a store's NetworkPolicy says. */
export interface StorePolicyProps {
  /** Name of the store: of the policy, and of the label `app` of its pods. */
  readonly name: string;
  /** Ports that may be reached, and by whom; an entry without peers is left out. */
  readonly entries: readonly StoreEntry[];
  /** Ports of others that its pods reach, looking their names up. @default - nothing goes out */
  readonly exits?: readonly StoreExit[];
}

/** Pods of the same namespace by their label `app`. */
export function podsOf(app: string): PodPeer {
  return { podLabels: { app } };
}

/** Makes the NetworkPolicy of a store. */
export function storePolicy(scope: Construct, id: string, props: StorePolicyProps): ApiObject {
  const exits = props.exits ?? [];
  return kubeObject('NetworkPolicy', scope, id, {
    metadata: { name: props.name, labels: { app: props.name } },
    spec: {
      podSelector: { matchLabels: { app: props.name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: ingressRules(scope, props.entries),
      egress: unlessEmpty([
        ...exits.map((exit) => ({ to: exit.to.flatMap(policyPeers), ports: [tcp(exit.port)] })),
        ...(exits.length === 0 ? [] : [dnsEgress()]),
      ]),
    },
  });
}

function ingressRules(scope: Construct, entries: readonly StoreEntry[]): k8s.NetworkPolicyIngressRule[] | undefined {
  const rules = (): k8s.NetworkPolicyIngressRule[] | undefined =>
    unlessEmpty(
      entries
        .map(({ port, from, services = [] }) => ({ port, from: [...clientPods(scope, services), ...from] }))
        .map(({ port, from }) => ({ from: from.flatMap(policyPeers), ports: [tcp(port)] }))
        // an empty list would let everybody in
        .filter(({ from }) => from.length > 0),
    );
  // a job that runs as a service may be created after the store
  if (entries.every(({ services = [] }) => services.length === 0)) return rules();
  return Lazy.any({ produce: () => plainJson(rules()) }) as k8s.NetworkPolicyIngressRule[];
}

/** The pods of services, and other pods of the app that run as one of them. */
function clientPods(scope: Construct, services: readonly string[]): readonly NetworkPeer[] {
  if (services.length === 0) return [];
  const home = Chart.of(scope).namespace;
  const others = servicePodsIn(scope).filter(
    ({ service, app, namespace }) => services.includes(service) && (app !== service || namespace !== home),
  );
  return [
    ...services.map(podsOf),
    ...others.map(({ app, namespace = '' }) =>
      namespace === (home ?? '')
        ? podsOf(app)
        : { ...podsOf(app), namespaceLabels: { 'kubernetes.io/metadata.name': namespace } },
    ),
  ];
}

/**
 * The rules, or undefined for none. The API server does not keep an empty list, so one that is stated is a change each time
 * that it is applied; that nothing is allowed, `policyTypes` says.
 */
export function unlessEmpty<T>(rules: T[]): T[] | undefined {
  return rules.length === 0 ? undefined : rules;
}

/** Egress to the cluster's DNS, over UDP and TCP. */
export function dnsEgress(): k8s.NetworkPolicyEgressRule {
  const port = intOrString(53);
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
    ],
    ports: [
      { protocol: 'UDP', port },
      { protocol: 'TCP', port },
    ],
  };
}

/** Peers of a NetworkPolicy rule. */
export function policyPeers(peer: NetworkPeer): k8s.NetworkPolicyPeer[] {
  if ('cidrs' in peer) return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  const { podLabels, namespaceLabels } = peer;
  return [
    {
      ...(namespaceLabels === undefined ? {} : { namespaceSelector: { matchLabels: { ...namespaceLabels } } }),
      podSelector: { matchLabels: { ...podLabels } },
    },
  ];
}

/** A TCP port of a NetworkPolicy rule. */
export function tcp(port: number): k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: intOrString(port) };
}
