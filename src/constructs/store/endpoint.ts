/** Where a store is, for its clients: the same for one that the library creates and for an external one. */
import { intOrString } from '../object/kube-objects.ts';

/** Address of a store and how to reach it. */
export interface StoreEndpoint {
  /** Host for clients. */
  readonly host: string;
  /** Port for clients. */
  readonly port: number;
  /** Label `app` of its pods; undefined for an external store. */
  readonly app: string | undefined;
  /** Address ranges of an external store; empty if only its name is known. */
  readonly cidrs: readonly string[];
}

/** An egress rule of a NetworkPolicy; fits the one of every cdk8s-plus. */
export interface EgressRule {
  /** Ports that may be reached. */
  readonly ports: { readonly protocol: string; readonly port: { readonly value: string | number } }[];
  /** Pods or addresses, one of which must match. @default - any */
  readonly to?: (
    | { readonly podSelector: { readonly matchLabels: Record<string, string> } }
    | { readonly ipBlock: { readonly cidr: string } }
  )[];
}

/** Egress rule of a pod that uses a store; a store without known addresses may have any. */
export function egressTo(store: StoreEndpoint): EgressRule {
  const ports = [{ protocol: 'TCP', port: intOrString(store.port) }];
  if (store.app !== undefined) return { to: [{ podSelector: { matchLabels: { app: store.app } } }], ports };
  if (store.cidrs.length === 0) return { ports };
  return { to: store.cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports };
}
