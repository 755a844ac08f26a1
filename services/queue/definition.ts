import { topology, type queue } from '#catalog';
import { mediaProgress, queueApi, videoProcess } from '#contracts';
import { withPolicy, type ServicePlan } from '#runtime';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { measureJobs } from './metrics.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';
import { noteProgress } from './use-cases/record-progress.ts';
import { sweepLostJobs } from './use-cases/sweep-lost-jobs.ts';

/** Wires queue: its API, migrations, handlers, consumers, metrics and loops. Settings may change how often a job is delivered. */
export const definition: ServicePlan<typeof queue, typeof queueApi, Tables> = {
  api: queueApi,
  migrations,
  topology: ({ JOB_MAX_DELIVER, JOB_ACK_WAIT_S }) =>
    withPolicy(topology, videoProcess, { maxDeliver: JOB_MAX_DELIVER, ackWaitSeconds: JOB_ACK_WAIT_S }),
  streamReplicas: ({ STREAM_REPLICAS }) => STREAM_REPLICAS,
  build(service) {
    const sweepEveryMs = service.config.SWEEP_S * 1000;
    measureJobs(service);
    return {
      handlers: handlers(service),
      consumers: consumers(service),
      hearings: [service.hear(mediaProgress, async ({ data }) => await noteProgress(service, data))],
      loops: [
        {
          name: 'sweep',
          everyMs: sweepEveryMs,
          run: async () => {
            const lost = await sweepLostJobs(service, new Date(Date.now() - sweepEveryMs));
            if (lost.length > 0) service.log.warn({ lost }, 'jobs had lost their message and were queued again');
          },
        },
      ],
    };
  },
};
