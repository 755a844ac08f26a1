import { queue, topology } from '#catalog';
import { mediaProgress, queueApi, videoProcess } from '#contracts';
import { withPolicy } from '#runtime';
import { definePlatformService } from '#services/platform';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { metrics } from './metrics.ts';
import { migrations } from './migrations.ts';
import { recordProgress } from './use-cases/record-progress.ts';
import { sweepLostJobs } from './use-cases/sweep-lost-jobs.ts';

/** Wires queue: its API, migrations, handlers, consumers, metrics and loops. Settings may change how often a job is delivered. */
export const definition = definePlatformService(queue, {
  api: queueApi,
  migrations,
  topology: ({ JOB_MAX_DELIVER, JOB_ACK_WAIT_S }) =>
    withPolicy(topology, videoProcess, { maxDeliver: JOB_MAX_DELIVER, ackWaitSeconds: JOB_ACK_WAIT_S }),
  streamReplicas: ({ STREAM_REPLICAS }) => STREAM_REPLICAS,
  context: metrics,
  handlers,
  consumers,
  subscriptions: (service) => [
    service.subscription(mediaProgress, async ({ data }) => await recordProgress(service, data)),
  ],
  loops: (service) => {
    const sweepEveryMs = service.config.SWEEP_S * 1000;
    const run = async (): Promise<void> => {
      const lost = await sweepLostJobs(service, new Date(Date.now() - sweepEveryMs));
      if (lost.length > 0) service.log.warn({ lost }, 'jobs whose message was lost were queued again');
    };
    return [{ name: 'sweep', everyMs: sweepEveryMs, run }];
  },
});
