import { accountCreated, accountDeleted, passwordChanged, sessionRevoked } from '#contracts';
import { Env } from '#declare';
import { platformService } from './platform-service.ts';
import { redisKeysOf, SESSION_KEYS } from './redis-keys.ts';

const DAY_SECONDS = 86_400;
const MINUTE_SECONDS = 60;

/** auth: who somebody is. Owns credentials and sessions, and is the only one to write the latter. */
export const auth = platformService('auth', {
  file: 20,
  env: [
    Env.value('SESSION_IDLE_S', 7 * DAY_SECONDS),
    Env.value('SESSION_ABSOLUTE_S', 30 * DAY_SECONDS),
    Env.value('ARGON2_MEMORY_KIB', 19_456),
    Env.value('ARGON2_TIME', 2),
    Env.value('LOGIN_LIMIT', 15),
    Env.value('LOGIN_WINDOW_S', 5 * MINUTE_SECONDS),
    Env.value('SIGNUP_LIMIT', 2),
    Env.value('SIGNUP_WINDOW_S', 5 * MINUTE_SECONDS),
    Env.value('ADMIN_LINK_TTL_S', 60 * MINUTE_SECONDS),
    Env.value('ADMIN_LINK_URL', '$(PUBLIC_ORIGIN)/first-admin'),
  ],
  publishes: [accountCreated, accountDeleted, passwordChanged, sessionRevoked],
  redisKeys: { writes: [SESSION_KEYS, ...redisKeysOf('auth').writes] },
});
