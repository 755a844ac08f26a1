/** Who may reach a store and whom it may reach: one NetworkPolicy per store, on top of the namespace's default-deny. */
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { k8s } from 'cdk8s-plus-27';
import { intOrString, kubeObject } from '../object/kube-objects.ts';

/** Pods by their labels; with `namespaceLabels` those of other namespaces, else of the same one. */
export interface PodPeer {
  /** Labels of the pods, such as `{ app: 'prometheus' }`. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Labels of their namespace. @default - the namespace of the store */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
}

/** A port of a store and who may reach it. */
export interface StoreEntry {
  readonly port: number;
  readonly from: readonly PodPeer[];
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
  const entries = props.entries.filter((entry) => entry.from.length > 0);
  return kubeObject('NetworkPolicy', scope, id, {
    metadata: { name: props.name, labels: { app: props.name } },
    spec: {
      podSelector: { matchLabels: { app: props.name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: unlessEmpty(entries.map((entry) => ({ from: entry.from.map(peer), ports: [tcp(entry.port)] }))),
      egress: unlessEmpty([
        ...exits.map((exit) => ({ to: exit.to.map(peer), ports: [tcp(exit.port)] })),
        ...(exits.length === 0 ? [] : [dnsEgress()]),
      ]),
    },
  });
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

function peer(pods: PodPeer): k8s.NetworkPolicyPeer {
  return {
    ...(pods.namespaceLabels === undefined ? {} : { namespaceSelector: { matchLabels: { ...pods.namespaceLabels } } }),
    podSelector: { matchLabels: { ...pods.podLabels } },
  };
}

function tcp(port: number): k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: intOrString(port) };
}
