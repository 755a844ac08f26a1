import { auth } from '#catalog';
import { authApi } from '#contracts';
import { SessionWriter } from '#runtime';
import { definePlatformService, sessionSchema } from '#services/platform';
import { handlers } from './handlers.ts';
import { migrations } from './migrations.ts';
import { passwordHasher } from './passwords/password-hasher.ts';
import type { Context, Service } from './service.ts';

/** Wires auth: its API, migrations and handlers. */
export const definition = definePlatformService(auth, {
  api: authApi,
  migrations,
  context: contextOf,
  handlers: (_service, context) => handlers(context),
});

async function contextOf(service: Service): Promise<Context> {
  const { config, redis } = service;
  return {
    service,
    sessions: new SessionWriter(redis, sessionSchema, {
      idleSeconds: config.SESSION_IDLE_S,
      absoluteSeconds: config.SESSION_ABSOLUTE_S,
    }),
    passwords: await passwordHasher({ memoryKib: config.ARGON2_MEMORY_KIB, passes: config.ARGON2_TIME }),
  };
}
