import type { video } from '#catalog';
import { videoApi } from '#contracts';
import type { ServicePlan } from '#runtime';
import { consumersOf } from './consumers.ts';
import { MIGRATIONS } from './migrations.ts';
import { handlersOf } from './handlers.ts';
import type { VideoTables } from './tables.ts';
import { ticketsOf } from './upload/tickets.ts';

/** What video is made of. */
export const videoPlan: ServicePlan<typeof video, typeof videoApi, VideoTables> = {
  api: videoApi,
  migrations: MIGRATIONS,
  build: (service) => ({ handlers: handlersOf(service, ticketsOf(service)), consumers: consumersOf(service) }),
};
