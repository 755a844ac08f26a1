import type { auth } from '#catalog';
import { authApi } from '#contracts';
import type { ServicePlan } from '#runtime';
import { authContext } from './service.ts';
import { authHandlers } from './handlers.ts';
import { migrations } from './migrations.ts';
import type { AuthTables } from './tables.ts';

/** What auth is made of. */
export const authPlan: ServicePlan<typeof auth, typeof authApi, AuthTables> = {
  api: authApi,
  migrations,
  build: async (service) => ({ handlers: authHandlers(await authContext(service)) }),
};
