import { cidrFault } from '#manifests';
import type { Fault } from '#env';
import { isMap, type PropShapes } from '#prop-shapes';
import { HIGHEST_PORT, isPort } from '../object/port.ts';
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

/** The shapes of where it is. */
export const ENDPOINT = {
  host: 'text!',
  port: 'finite',
  cidrs: 'texts',
} as const satisfies PropShapes<ExternalEndpointProps>;

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** What faults of an external store are told with: `external redis cache.example.org`. */
export function externalPlace(store: string, props: unknown): string {
  const host = isMap(props) && typeof props['host'] === 'string' ? props['host'] : '';
  return `external ${store} ${host}`.trimEnd();
}

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
  if (!isPort(port)) {
    faults.push({
      rule: 'external-port',
      place,
      message: `port is ${port}, must be an integer from 1 to ${HIGHEST_PORT}`,
    });
  }
  for (const cidr of cidrs.filter((range) => cidrFault(range) !== undefined)) {
    const message = `cidrs contains ${JSON.stringify(cidr)}, must be address ranges such as 10.1.2.0/24`;
    faults.push({ rule: 'external-cidr', place, message });
  }
  return { endpoint: { host: props.host, port, app: undefined, cidrs }, faults };
}
