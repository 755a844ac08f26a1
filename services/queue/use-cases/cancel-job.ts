import { jobCancelled } from '#contracts';
import type { DataOf } from '#declare';
import { notFound } from '#runtime';
import { HttpError, type Session } from '#services/platform';
import { endRunningAttempts } from '../repository/attempts.ts';
import { lockJob, updateJob, type JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { isCancellable } from '../views/job.ts';

/** Why a job is not wanted any more. */
export type CancelReason = DataOf<typeof jobCancelled>['reason'];

/** Cancels a job for its owner or an administrator. Throws `not_found` for a stranger, `conflict` when it has ended. */
export async function cancelJob(service: Service, jobId: string, session: Session): Promise<JobRow> {
  return await service.transaction(async (trx) => {
    const job = await lockJob(trx, jobId);
    if (job === undefined || !mayHandle(job, session)) throw notFound();
    if (!isCancellable(job)) throw new HttpError('conflict', { detail: `the job is ${job.state}` });
    return await cancelRun(service, trx, job, job.owner_id === session.userId ? 'owner' : 'admin');
  });
}

/** Whether a job is somebody's to read, cancel and retry. */
export function mayHandle(job: JobRow, session: Session): boolean {
  return job.owner_id === session.userId || session.role === 'admin';
}

/** Ends the present run of a job. Its message stays in the queue: the worker takes it up and sees that it is not wanted. */
export async function cancelRun(
  service: Service,
  trx: Transaction,
  job: JobRow,
  reason: CancelReason,
): Promise<JobRow> {
  const now = new Date();
  await endRunningAttempts(trx, job.job_id, { outcome: 'cancelled', reason: null, endedAt: now });
  await service.enqueue(trx, jobCancelled, {
    id: `cancelled:${job.job_id}:run:${job.run}`,
    aggregate: job.job_id,
    data: {
      jobId: job.job_id,
      run: job.run,
      videoId: job.video_id,
      ownerId: job.owner_id,
      reason,
      cancelledAt: now.toISOString(),
    },
  });
  return await updateJob(
    trx,
    job.job_id,
    { state: 'cancelled', phase: null, worker: null, reason: null, ended_at: now },
    now,
  );
}
