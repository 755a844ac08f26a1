import type { user } from '#catalog';
import { userApi } from '#contracts';
import type { ServicePlan } from '#runtime';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';

/** Wires user: its API, migrations, handlers and consumers. */
export const definition: ServicePlan<typeof user, typeof userApi, Tables> = {
  api: userApi,
  migrations,
  build: (service) => ({ handlers: handlers(service), consumers: consumers(service) }),
};
