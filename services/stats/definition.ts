import type { stats } from '#catalog';
import { statsApi } from '#contracts';
import type { ServicePlan } from '#runtime';
import { beatBuffer } from './beats/beat-buffer.ts';
import { countRefusedBeats } from './beats/dropped-beats.ts';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { beatMetrics } from './metrics.ts';
import { migrations } from './migrations.ts';
import { forgetBatches } from './repository/figures.ts';
import type { Tables } from './tables.ts';
import { flushBeats } from './use-cases/flush-beats.ts';

const HOUR_MS = 3_600_000;
/** Longer than Redis could have been away with a batch that is not known to be applied. */
const BATCHES_KEPT_MS = 30 * 24 * HOUR_MS;

/** Wires stats: its API, migrations, handlers, consumers, metrics and loops. */
export const definition: ServicePlan<typeof stats, typeof statsApi, Tables> = {
  api: statsApi,
  migrations,
  build: (service) => {
    const { config, db, redis } = service;
    const buffer = beatBuffer(redis, { prefix: config.REDIS_PREFIX, viewWindowSeconds: config.VIEW_WINDOW_S });
    const metrics = beatMetrics(service.metrics);
    return {
      handlers: handlers(service, { buffer, metrics }),
      router: countRefusedBeats(metrics),
      consumers: consumers(service),
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
