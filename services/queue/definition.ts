import { topology, type queue } from '#catalog';
import { mediaProgress, queueApi, videoProcess } from '#contracts';
import { withPolicy, type ServicePlan } from '#runtime';
import { queueConsumers } from './consumers.ts';
import { queueHandlers } from './handlers.ts';
import { noteProgress } from './use-cases/record-progress.ts';
import { sweepLostJobs } from './use-cases/sweep-lost-jobs.ts';
import { measureJobs } from './metrics.ts';
import { queueMigrations } from './migrations.ts';
import type { QueueTables } from './tables.ts';

/** What queue is made of. Settings may change how often and how patiently jobs are delivered. */
export const queuePlan: ServicePlan<typeof queue, typeof queueApi, QueueTables> = {
  api: queueApi,
  migrations: queueMigrations,
  topology: ({ JOB_MAX_DELIVER, JOB_ACK_WAIT_S }) =>
    withPolicy(topology, videoProcess, { maxDeliver: JOB_MAX_DELIVER, ackWaitSeconds: JOB_ACK_WAIT_S }),
  streamReplicas: ({ STREAM_REPLICAS }) => STREAM_REPLICAS,
  build(service) {
    const sweepEveryMs = service.config.SWEEP_S * 1000;
    measureJobs(service);
    return {
      handlers: queueHandlers(service),
      consumers: queueConsumers(service),
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
