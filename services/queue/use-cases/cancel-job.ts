import { notFound } from '#runtime';
import { HttpError, type Session } from '#services/platform';
import { mayHandle } from '../access.ts';
import { lockJob, type JobRow } from '../repository/jobs.ts';
import type { Service } from '../service.ts';
import { isCancellable } from '../views/job.ts';
import { cancelRun } from './cancel-run.ts';

/** Cancels a job for its owner or an administrator. Throws `not_found` for anyone else, `conflict` when it has ended. */
export async function cancelJob(
  service: Service,
  { jobId, session }: { readonly jobId: string; readonly session: Session },
): Promise<JobRow> {
  return await service.transaction(async (trx) => {
    const job = await lockJob(trx, jobId);
    if (job === undefined || !mayHandle(job, session)) throw notFound();
    if (!isCancellable(job)) throw new HttpError('conflict', { detail: `the job is ${job.state}` });
    return await cancelRun(service, trx, { job, reason: job.owner_id === session.userId ? 'owner' : 'admin' });
  });
}
