import type { Fault } from '#env';
import type { StoreEndpoint } from './endpoint.ts';

/** Location of an external store. */
export interface ExternalEndpointProps {
  /** Host for clients, without scheme, port or credentials. */
  readonly host: string;
  /** @default - the store's usual port */
  readonly port?: number;
  /** Address ranges that network policies open, such as `10.1.2.0/24`. @default - any address on that port */
  readonly cidrs?: readonly string[];
}

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const CIDR = /^(\d{1,3}(\.\d{1,3}){3}\/\d{1,2}|[0-9a-fA-F:]+\/\d{1,3})$/;

/** The endpoint of an external store, and the faults of its address. */
export function externalEndpoint(
  props: ExternalEndpointProps,
  usualPort: number,
  place: string,
): { readonly endpoint: StoreEndpoint; readonly faults: readonly Fault[] } {
  const port = props.port ?? usualPort;
  const cidrs = props.cidrs ?? [];
  const faults: Fault[] = [];
  if (!HOST.test(props.host)) {
    const message = `host is ${JSON.stringify(props.host)}, must be only a host name or address: set the port in port, and the password in a Secret`;
    faults.push({ rule: 'external-host', place, message });
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    faults.push({ rule: 'external-port', place, message: `port is ${port}, must be an integer from 1 to 65535` });
  }
  for (const cidr of cidrs.filter((range) => !CIDR.test(range))) {
    const message = `cidrs contains ${JSON.stringify(cidr)}, must be address ranges such as 10.1.2.0/24`;
    faults.push({ rule: 'external-cidr', place, message });
  }
  return { endpoint: { host: props.host, port, app: undefined, cidrs }, faults };
}
