import type { ServiceName } from '#contracts';
import type { RedisKeys } from '#declare';

/** Keys of the sessions: auth writes them, every service reads them. */
export const SESSION_KEYS = 'session:*';

/** Keys of a service in Redis: its own and those of its rate limits to write, the sessions to read. */
export function redisKeysOf(service: ServiceName): RedisKeys {
  return { writes: [`${service}:*`, `rl:${service}:*`], reads: [SESSION_KEYS] };
}
