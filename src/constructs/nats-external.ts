import { topologyShape } from './store/declaration-shapes.ts';
import { assertNoFaults } from '#env';
import type { EnvVariable } from '#env';
import { assertProps, type PropShapes, required } from '#prop-shapes';
import { natsPermissions, natsServices } from '#messaging';
import type { Topology } from '#messaging';
import { natsAccountsConfig } from './nats/config.ts';
import type { NatsUserPermissions } from './nats/config.ts';
import { natsLogins } from './nats/users.ts';
import { ENDPOINT, externalEndpoint, externalPlace, type ExternalEndpointProps } from './store/external.ts';
import type { MicroserviceVolume } from './microservice/volumes.ts';
import { CLIENT_TLS, clientTls, type ClientTls } from './store/client-tls.ts';
import type { StoreEndpoint } from './store/endpoint.ts';
import { NATS_PORT } from './nats/config.ts';

/** Location and users of an external NATS. */
export interface ExternalNatsProps extends ExternalEndpointProps {
  /** Streams and services, from which the required permissions are derived. */
  readonly topology: Topology;
  /** TLS of the connections: whether, or with which authority. @default false */
  readonly tls?: boolean | ClientTls;
}

/** An external NATS. */
export interface ExternalNats extends StoreEndpoint {
  /** Address for clients, without credentials. */
  readonly url: string;
  /** Volumes with the certificates of the authority: add them to `volumes` of the service. */
  readonly volumes: readonly MicroserviceVolume[];
  /** Variables by which Node trusts the authority: add them to `env` of the service. */
  readonly env: readonly EnvVariable[];
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

const SHAPES = {
  ...ENDPOINT,
  topology: required(topologyShape()),
  tls: CLIENT_TLS,
} as const satisfies PropShapes<ExternalNatsProps>;

/** Describes an external NATS; throws a `DeclarationError` with every fault of the address and of the topology. */
export function externalNats(props: ExternalNatsProps): ExternalNats {
  const place = externalPlace('nats', props);
  assertProps(props, SHAPES, place, 'NatsServer.external');
  const { endpoint, faults } = externalEndpoint(props, NATS_PORT, place);
  const { accounts, faults: loginFaults } = natsLogins(props.topology, place);
  assertNoFaults([...faults, ...loginFaults]);
  const permissions = Object.fromEntries(
    natsServices(props.topology).map((service) => [service.name, natsPermissions(service, props.topology)]),
  );
  const tls = clientTls('nats', props.tls);
  const scheme = tls.isOn ? 'tls' : 'nats';
  const url = `${scheme}://${endpoint.host}:${endpoint.port}`;
  return {
    ...endpoint,
    url,
    volumes: tls.volumes,
    env: tls.env,
    accountsConfig: natsAccountsConfig(accounts),
    permissions,
    permissionList: listOf(permissions),
  };
}

function listOf(permissions: Readonly<Record<string, NatsUserPermissions>>): string {
  const lines = Object.entries(permissions).flatMap(([user, { publish, subscribe, responses }]) => [
    ...Object.entries({ publish, subscribe }).flatMap(([side, { allow, deny }]) => [
      ...allow.map((subject) => `${user} ${side} allow ${subject}`),
      ...(allow.length === 0 ? ['>'] : deny).map((subject) => `${user} ${side} deny ${subject}`),
    ]),
    ...(responses === undefined
      ? []
      : [`${user} allow_responses max ${responses.max} expires ${responses.expiresSeconds}s`]),
  ]);
  return `${lines.join('\n')}\n`;
}
