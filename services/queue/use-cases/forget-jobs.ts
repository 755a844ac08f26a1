import { emptyDeadLettersOf } from '../repository/dead-letters.ts';
import { markGone } from '../repository/gone.ts';
import { deleteJob, lockJobsOf, type JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { isCancellable } from '../views/job.ts';
import { cancelRun, type CancelReason } from './cancel-job.ts';

/** A video is gone: so are its jobs, and a worker that is at one stops. */
export async function forgetVideo(service: Service, trx: Transaction, videoId: string): Promise<void> {
  await markGone(trx, 'video', videoId);
  await forget(service, trx, await lockJobsOf(trx, { videoId }), 'video_deleted');
}

/** An account is gone: so are its jobs. */
export async function forgetAccount(service: Service, trx: Transaction, userId: string): Promise<void> {
  await markGone(trx, 'account', userId);
  await forget(service, trx, await lockJobsOf(trx, { ownerId: userId }), 'account_deleted');
}

async function forget(
  service: Service,
  trx: Transaction,
  jobs: readonly JobRow[],
  reason: CancelReason,
): Promise<void> {
  for (const job of jobs) {
    if (isCancellable(job)) await cancelRun(service, trx, job, reason);
    await emptyDeadLettersOf(trx, job.job_id);
    await deleteJob(trx, job.job_id);
  }
}
