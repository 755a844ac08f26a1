import { assertNoFaults } from '#env';
import { natsPermissions, natsServices } from '#messaging';
import type { Topology } from '#messaging';
import { natsAccountsConfig } from './nats/config.ts';
import type { NatsUserPermissions } from './nats/config.ts';
import { natsLogins } from './nats/users.ts';
import { externalEndpoint, type ExternalEndpointProps } from './store/external.ts';
import type { StoreEndpoint } from './store/endpoint.ts';
import { NATS_PORT } from './nats/config.ts';

/** Location and users of an external NATS. */
export interface ExternalNatsProps extends ExternalEndpointProps {
  /** Streams and services, from which the required permissions are derived. */
  readonly topology: Topology;
  /** Whether clients connect with TLS. @default false */
  readonly tls?: boolean;
}

/** An external NATS. */
export interface ExternalNats extends StoreEndpoint {
  /** Address for clients, without credentials. */
  readonly url: string;
  /**
   * The accounts that its administrator must create, as nats.conf: one for each service, and one that owns the streams.
   * Passwords are variables, `$NATS_PASSWORD_<SERVICE>`.
   */
  readonly accountsConfig: string;
  /**
   * Permissions of each user, by name, if all share one account: this prevents mistakes, but does not contain a stolen
   * password.
   */
  readonly permissions: Readonly<Record<string, NatsUserPermissions>>;
  /** The same as readable text: one line per user, side and subject. */
  readonly permissionList: string;
}

/** Describes an external NATS; throws a `DeclarationError` with every fault of the address and of the topology. */
export function externalNats(props: ExternalNatsProps): ExternalNats {
  const place = `external nats ${props.host}`;
  const { endpoint, faults } = externalEndpoint(props, NATS_PORT, place);
  const { accounts, faults: loginFaults } = natsLogins(props.topology, place);
  assertNoFaults([...faults, ...loginFaults]);
  const permissions = Object.fromEntries(
    natsServices(props.topology).map((service) => [service.name, natsPermissions(service, props.topology)]),
  );
  const scheme = props.tls === true ? 'tls' : 'nats';
  const url = `${scheme}://${endpoint.host}:${endpoint.port}`;
  return {
    ...endpoint,
    url,
    accountsConfig: natsAccountsConfig(accounts),
    permissions,
    permissionList: listOf(permissions),
  };
}

function listOf(permissions: Readonly<Record<string, NatsUserPermissions>>): string {
  const lines = Object.entries(permissions).flatMap(([user, { publish, subscribe }]) =>
    Object.entries({ publish, subscribe }).flatMap(([side, { allow, deny }]) => [
      ...allow.map((subject) => `${user} ${side} allow ${subject}`),
      ...(allow.length === 0 ? ['>'] : deny).map((subject) => `${user} ${side} deny ${subject}`),
    ]),
  );
  return `${lines.join('\n')}\n`;
}
