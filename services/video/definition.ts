import type { video } from '#catalog';
import { videoApi } from '#contracts';
import type { ServicePlan } from '#runtime';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';
import { ticketsOf } from './upload/tickets.ts';

/** Wires video: its API, migrations, handlers and consumers. */
export const definition: ServicePlan<typeof video, typeof videoApi, Tables> = {
  api: videoApi,
  migrations,
  build: (service) => ({ handlers: handlers(service, ticketsOf(service)), consumers: consumers(service) }),
};
