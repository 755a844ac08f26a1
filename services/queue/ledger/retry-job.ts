import { HttpError, notFound, type Session } from '#runtime';
import { isRetryable } from '../job-view.ts';
import type { QueueService } from '../queue-service.ts';
import { findDeadLetter, markRedriven } from '../repository/dead-letter-repository.ts';
import { lockJob, type JobRow } from '../repository/job-repository.ts';
import { mayHandle } from './cancel-job.ts';
import { queueNextRun } from './queue-run.ts';

/** Puts a job into the queue again, as a new run. Throws `not_found` for a stranger, `conflict` while it needs none. */
export async function retryJob(service: QueueService, jobId: string, session: Session): Promise<JobRow> {
  return await service.transaction(async (trx) => {
    const job = await lockJob(trx, jobId);
    if (job === undefined || !mayHandle(job, session)) throw notFound();
    if (!isRetryable(job)) throw new HttpError('conflict', { detail: `the job is ${job.state}` });
    await markRedriven(trx, jobId, new Date());
    return await queueNextRun(service, trx, job);
  });
}

/** Runs the job of a dead letter again. Throws `conflict` when it has none that is dead or failed. */
export async function redriveDeadLetter(
  service: QueueService,
  deadLetterId: number,
  session: Session,
): Promise<JobRow> {
  const letter = await findDeadLetter(service.db, deadLetterId);
  if (letter === undefined) throw notFound();
  if (letter.job_id === null || !isRedrivable(letter)) {
    const detail = letter.job_state === null ? 'it belongs to no job' : `its job is ${letter.job_state}`;
    throw new HttpError('conflict', { detail });
  }
  return await retryJob(service, letter.job_id, session);
}

/** Whether a dead letter can be redriven. */
export function isRedrivable({ job_state }: { readonly job_state: JobRow['state'] | null }): boolean {
  return job_state === 'dead' || job_state === 'failed';
}
