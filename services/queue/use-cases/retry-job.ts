import { jobRetried } from '#contracts';
import { notFound } from '#runtime';
import { HttpError, type Session } from '#services/platform';
import { mayHandle } from '../access.ts';
import { markRedriven } from '../repository/dead-letters.ts';
import { lockJob, type JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { STANDING_WORDS } from '../views/dead-letter-standing.ts';
import { runOf } from '../views/job-run.ts';
import { isHopeless, isRetryable } from '../views/job.ts';
import { queueNextRun } from './queue-next-run.ts';

/** Queues a job again, as a new run. Throws `not_found` for a stranger, `conflict` while it needs none or none can help. */
export async function retryJob(
  service: Service,
  { jobId, session }: { readonly jobId: string; readonly session: Session },
): Promise<JobRow> {
  return await service.transaction(async (trx) => {
    const job = await lockJob(trx, jobId);
    if (job === undefined || !mayHandle(job, session)) throw notFound();
    if (!isRetryable(job)) {
      const detail = isHopeless(job) ? STANDING_WORDS.hopeless : `the job is ${job.state}`;
      throw new HttpError('conflict', { detail });
    }
    await markRedriven(trx, jobId, new Date());
    const next = await queueNextRun(service, trx, { job });
    await tellRetried(service, trx, next);
    return next;
  });
}

async function tellRetried(service: Service, trx: Transaction, job: JobRow): Promise<void> {
  await service.enqueue(trx, jobRetried, {
    id: `retried:${job.job_id}:run:${job.run}`,
    aggregate: job.job_id,
    data: {
      ...runOf(job),
      retriedAt: job.queued_at.toISOString(),
    },
  });
}
