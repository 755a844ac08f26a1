import { assertNoFaults } from '#env';
import type { RedisKeys, ServiceDeclaration } from '#messaging';
import { REDIS_PORT } from './redis/acl.ts';
import { redisUsers } from './redis/users.ts';
import type { StoreEndpoint } from './store/endpoint.ts';
import { externalEndpoint, type ExternalEndpointProps } from './store/external.ts';

/** Location and users of an external Redis. */
export interface ExternalRedisProps extends ExternalEndpointProps {
  /** Services; each with `redisKeys` needs a user. */
  readonly services: readonly ServiceDeclaration[];
  /** Whether clients connect with TLS. @default false */
  readonly tls?: boolean;
}

/** An external Redis. */
export interface ExternalRedis extends StoreEndpoint {
  /** Address for clients, without credentials. */
  readonly url: string;
  /** Keys of each user, by user name. */
  readonly keys: Readonly<Record<string, RedisKeys>>;
}

/** Describes an external Redis; throws a `DeclarationError` with every fault of the address and of the services. */
export function externalRedis(props: ExternalRedisProps): ExternalRedis {
  const place = `external redis ${props.host}`;
  const { endpoint, faults } = externalEndpoint(props, REDIS_PORT, place);
  const { users, faults: userFaults } = redisUsers(props.services, place);
  assertNoFaults([...faults, ...userFaults]);
  const scheme = props.tls === true ? 'rediss' : 'redis';
  return {
    ...endpoint,
    url: `${scheme}://${endpoint.host}:${endpoint.port}`,
    keys: Object.fromEntries(users.map((user) => [user.name, user.keys])),
  };
}
