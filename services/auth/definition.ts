import type { auth } from '#catalog';
import { authApi } from '#contracts';
import { sessionWriter, type ServicePlan } from '#runtime';
import { handlers } from './handlers.ts';
import { migrations } from './migrations.ts';
import { passwordHasher } from './passwords/password-hasher.ts';
import type { Context, Service } from './service.ts';
import type { Tables } from './tables.ts';

/** Wires auth: its API, migrations and handlers. */
export const definition: ServicePlan<typeof auth, typeof authApi, Tables> = {
  api: authApi,
  migrations,
  build: async (service) => ({ handlers: handlers(await contextOf(service)) }),
};

async function contextOf(service: Service): Promise<Context> {
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
