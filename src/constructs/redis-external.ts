import { declarations } from './store/declaration-shapes.ts';
import { assertNoFaults } from '#env';
import type { EnvVariable } from '#env';
import { assertProps, type PropShapes, required } from '#prop-shapes';
import type { RedisKeys, ServiceDeclaration } from '#messaging';
import { REDIS_PORT } from './redis/acl.ts';
import { redisUsers } from './redis/users.ts';
import type { MicroserviceVolume } from './microservice/volumes.ts';
import { CLIENT_TLS, clientTls, type ClientTls } from './store/client-tls.ts';
import type { StoreEndpoint } from './store/endpoint.ts';
import { ENDPOINT, externalEndpoint, externalPlace, type ExternalEndpointProps } from './store/external.ts';

/** Location and users of an external Redis. */
export interface ExternalRedisProps extends ExternalEndpointProps {
  /** Services; each with `redisKeys` needs a user. */
  readonly services: readonly ServiceDeclaration[];
  /** TLS of the connections: whether, or with which authority. @default false */
  readonly tls?: boolean | ClientTls;
}

/** An external Redis. */
export interface ExternalRedis extends StoreEndpoint {
  /** Address for clients, without credentials. */
  readonly url: string;
  /** Volumes with the certificates of the authority: add them to `volumes` of the service. */
  readonly volumes: readonly MicroserviceVolume[];
  /** Variables by which Node trusts the authority: add them to `env` of the service. */
  readonly env: readonly EnvVariable[];
  /** Keys of each user, by user name. */
  readonly keys: Readonly<Record<string, RedisKeys>>;
}

const SHAPES = {
  ...ENDPOINT,
  services: required(declarations()),
  tls: CLIENT_TLS,
} as const satisfies PropShapes<ExternalRedisProps>;

/** Describes an external Redis; throws a `DeclarationError` with every fault of the address and of the services. */
export function externalRedis(props: ExternalRedisProps): ExternalRedis {
  const place = externalPlace('redis', props);
  assertProps(props, SHAPES, place, 'Redis.external');
  const { endpoint, faults } = externalEndpoint(props, REDIS_PORT, place);
  const { users, faults: userFaults } = redisUsers(props.services, place);
  assertNoFaults([...faults, ...userFaults]);
  const tls = clientTls('redis', props.tls);
  const scheme = tls.isOn ? 'rediss' : 'redis';
  return {
    ...endpoint,
    url: `${scheme}://${endpoint.host}:${endpoint.port}`,
    volumes: tls.volumes,
    env: tls.env,
    keys: Object.fromEntries(users.map((user) => [user.name, user.keys])),
  };
}
