import type { auth } from '#catalog';
import { sessionWriter, type Service, type SessionWriter } from '#runtime';
import { passwordHasher, type PasswordHasher } from './passwords/password-hasher.ts';
import type { AuthTables } from './tables.ts';

/** auth as it runs. */
export type AuthService = Service<typeof auth, AuthTables>;

/** What the use cases of auth work with. */
export interface AuthContext {
  readonly service: AuthService;
  readonly sessions: SessionWriter;
  readonly passwords: PasswordHasher;
}

/** Makes the context of a running auth. */
export async function authContext(service: AuthService): Promise<AuthContext> {
  const { config, redis } = service;
  return {
    service,
    sessions: sessionWriter(redis, {
      idleSeconds: config.SESSION_IDLE_S,
      absoluteSeconds: config.SESSION_ABSOLUTE_S,
    }),
    passwords: await passwordHasher({ memoryKib: config.ARGON2_MEMORY_KIB, passes: config.ARGON2_TIME }),
  };
}
