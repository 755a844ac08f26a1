/** The users of Redis, one for each service with keys, and their faults. */
import type { Fault } from '#env';
import type { ServiceDeclaration } from '#messaging';
import { isKeyPattern, keyPatternsOverlap, REDIS_ADMIN_USER, REDIS_PROBE_USER, type RedisUser } from './acl.ts';
import { serviceLogins, type ServiceLogin } from '../store/service-login.ts';

/** Variables of a declaration that carry its login at Redis. */
export const REDIS_LOGIN = { user: 'REDIS_USER', password: 'REDIS_PASSWORD' } as const;

/** A user, its keys, and where its password is. */
export interface RedisServiceUser extends RedisUser {
  /** Where its password is. */
  readonly login: ServiceLogin;
}

/** Users of the services that have keys in Redis, with every fault among them. */
export function redisUsers(
  services: readonly ServiceDeclaration[],
  place: string,
): { readonly users: readonly RedisServiceUser[]; readonly faults: readonly Fault[] } {
  const using = services.filter((service) => service.redisKeys !== undefined);
  const { logins, faults } = serviceLogins(using, REDIS_LOGIN, place);
  const users = logins.flatMap((login) => {
    const keys = using.find((service) => service.name === login.service)?.redisKeys;
    return keys === undefined ? [] : [{ name: login.service, passwordVariable: login.variable, keys, login }];
  });
  return { users, faults: [...faults, ...using.flatMap((service) => keyFaults(service, using, place))] };
}

function keyFaults(service: ServiceDeclaration, all: readonly ServiceDeclaration[], place: string): Fault[] {
  const where = `${place} service ${service.name}`;
  const { writes = [], reads = [] } = service.redisKeys ?? {};
  const faults: Fault[] = [];
  if ([REDIS_ADMIN_USER, REDIS_PROBE_USER, 'default'].includes(service.name)) {
    const message = `${service.name} is a built-in user of Redis, but users are named after services: rename the service`;
    faults.push({ rule: 'redis-user-reserved', place: where, message });
  }
  for (const pattern of [...writes, ...reads].filter((text) => !isKeyPattern(text))) {
    const message = `redisKeys contains ${JSON.stringify(pattern)}, a key pattern must not contain a space, quote or backslash`;
    faults.push({ rule: 'redis-key-pattern', place: where, message });
  }
  for (const other of all.slice(all.indexOf(service) + 1)) {
    for (const pattern of writes) {
      const clash = other.redisKeys?.writes.find((text) => keyPatternsOverlap(pattern, text));
      if (clash === undefined) continue;
      const message = `${service.name} writes ${pattern} and ${other.name} writes ${clash}, but a key has one writer: let one of them only read, or use different prefixes`;
      faults.push({ rule: 'redis-two-writers', place: where, message });
    }
  }
  return faults;
}
