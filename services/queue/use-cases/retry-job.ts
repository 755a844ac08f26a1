import { notFound } from '#runtime';
import { HttpError, type Session } from '#services/platform';
import { findDeadLetter, markRedriven } from '../repository/dead-letters.ts';
import { lockJob, type JobRow } from '../repository/jobs.ts';
import type { Service } from '../service.ts';
import { STANDING_WORDS, standingOf } from '../views/dead-letter-standing.ts';
import { isHopeless, isRetryable } from '../views/job.ts';
import { mayHandle } from './cancel-job.ts';
import { queueNextRun } from './queue-run.ts';

/** Puts a job into the queue again, as a new run. Throws `not_found` for a stranger, `conflict` while it needs none or none can help. */
export async function retryJob(service: Service, jobId: string, session: Session): Promise<JobRow> {
  return await service.transaction(async (trx) => {
    const job = await lockJob(trx, jobId);
    if (job === undefined || !mayHandle(job, session)) throw notFound();
    if (!isRetryable(job)) {
      const detail = isHopeless(job) ? STANDING_WORDS.hopeless : `the job is ${job.state}`;
      throw new HttpError('conflict', { detail });
    }
    await markRedriven(trx, jobId, new Date());
    return await queueNextRun(service, trx, job);
  });
}

/** Runs the job of a dead letter again. Throws `conflict` when that is not possible, or was done. */
export async function redriveDeadLetter(service: Service, deadLetterId: number, session: Session): Promise<JobRow> {
  const letter = await findDeadLetter(service.db, deadLetterId);
  if (letter === undefined) throw notFound();
  const standing = standingOf(letter);
  if (standing !== 'redrivable') throw new HttpError('conflict', { detail: STANDING_WORDS[standing] });
  if (letter.job_id === null) throw new HttpError('conflict', { detail: STANDING_WORDS.no_job });
  return await retryJob(service, letter.job_id, session);
}
