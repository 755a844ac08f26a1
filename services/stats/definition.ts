import { stats } from '#catalog';
import { statsApi } from '#contracts';
import { definePlatformService } from '#services/platform';
import { beatBuffer } from './beats/beat-buffer.ts';
import { countRefusedBeats } from './beats/dropped-beats.ts';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { metrics } from './metrics.ts';
import { migrations } from './migrations.ts';
import { forgetBatches } from './repository/figures.ts';
import { flushBeats } from './use-cases/flush-beats.ts';

const HOUR_MS = 3_600_000;
/** Longer than Redis could have been away with a batch that is not known to be applied. */
const BATCHES_KEPT_MS = 30 * 24 * HOUR_MS;

/** Wires stats: its API, migrations, handlers, consumers, metrics and loops. */
export const definition = definePlatformService(stats, {
  api: statsApi,
  migrations,
  context: (service) => ({
    buffer: beatBuffer(service.redis, {
      prefix: service.config.REDIS_PREFIX,
      viewWindowSeconds: service.config.VIEW_WINDOW_S,
    }),
    metrics: metrics(service),
  }),
  handlers: (service, context) => handlers(service, context),
  router: (_service, { metrics }) => countRefusedBeats(metrics),
  consumers,
  loops: (service, { buffer }) => [
    {
      name: 'flush',
      everyMs: service.config.FLUSH_S * 1000,
      run: async () => void (await flushBeats(service, buffer, new Date())),
      lastRun: true,
    },
    {
      name: 'applied batches',
      everyMs: HOUR_MS,
      run: async () => await forgetBatches(service.db, new Date(Date.now() - BATCHES_KEPT_MS)),
    },
  ],
});
