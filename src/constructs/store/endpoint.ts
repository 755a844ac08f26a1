/** Where a store is, for those who use it: the same for one that the library makes and for one that runs elsewhere. */
import { intOrString } from '../object/kube-objects.ts';

/** Address of a store and the way to it. */
export interface StoreEndpoint {
  /** Host that clients dial. */
  readonly host: string;
  /** Port that clients dial. */
  readonly port: number;
  /** Label `app` of its pods; undefined when it runs elsewhere. */
  readonly app: string | undefined;
  /** Address ranges of one that runs elsewhere; empty when it is known by its name alone. */
  readonly cidrs: readonly string[];
}

/** An egress rule of a NetworkPolicy; fits the one of every cdk8s-plus. */
export interface EgressRule {
  readonly ports: { readonly protocol: string; readonly port: { readonly value: string | number } }[];
  readonly to?: (
    | { readonly podSelector: { readonly matchLabels: Record<string, string> } }
    | { readonly ipBlock: { readonly cidr: string } }
  )[];
}

/** Egress rule of a pod that uses a store; one that is known by its name alone may have any address. */
export function egressTo(store: StoreEndpoint): EgressRule {
  const ports = [{ protocol: 'TCP', port: intOrString(store.port) }];
  if (store.app !== undefined) return { to: [{ podSelector: { matchLabels: { app: store.app } } }], ports };
  if (store.cidrs.length === 0) return { ports };
  return { to: store.cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports };
}
