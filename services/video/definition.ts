import { video } from '#catalog';
import { videoApi } from '#contracts';
import { definePlatformService } from '#services/platform';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { migrations } from './migrations.ts';
import { ticketsOf } from './upload/tickets.ts';

/** Wires video: its API, migrations, handlers and consumers. */
export const definition = definePlatformService(video, {
  api: videoApi,
  migrations,
  handlers: (service) => handlers(service, ticketsOf(service)),
  consumers,
});
