import type { stats } from '#catalog';
import { statsApi } from '#contracts';
import type { ServicePlan } from '#runtime';
import { beatBuffer } from './beats/beat-buffer.ts';
import { beatMetrics } from './metrics.ts';
import { consumersOf } from './consumers.ts';
import { countRefusedBeats } from './beats/dropped-beats.ts';
import { MIGRATIONS } from './migrations.ts';
import { forgetBatches } from './repository/figures.ts';
import { handlersOf } from './handlers.ts';
import type { StatsTables } from './tables.ts';
import { flushBeats } from './use-cases/flush-beats.ts';

const HOUR_MS = 3_600_000;
/** Longer than Redis could have been away with a batch that is not known to be applied. */
const BATCHES_KEPT_MS = 30 * 24 * HOUR_MS;

/** What stats is made of. */
export const statsPlan: ServicePlan<typeof stats, typeof statsApi, StatsTables> = {
  api: statsApi,
  migrations: MIGRATIONS,
  build: (service) => {
    const { config, db, redis } = service;
    const buffer = beatBuffer(redis, { prefix: config.REDIS_PREFIX, viewWindowSeconds: config.VIEW_WINDOW_S });
    const metrics = beatMetrics(service.metrics);
    return {
      handlers: handlersOf(service, { buffer, metrics }),
      router: countRefusedBeats(metrics),
      consumers: consumersOf(service),
      loops: [
        {
          name: 'flush',
          everyMs: config.FLUSH_S * 1000,
          run: async () => void (await flushBeats(service, buffer, new Date())),
          lastRun: true,
        },
        {
          name: 'applied batches',
          everyMs: HOUR_MS,
          run: async () => await forgetBatches(db, new Date(Date.now() - BATCHES_KEPT_MS)),
        },
      ],
    };
  },
};
