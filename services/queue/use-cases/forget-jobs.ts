import type { QueueService, QueueTransaction } from '../service.ts';
import { emptyDeadLettersOf } from '../repository/dead-letters.ts';
import { markGone } from '../repository/gone.ts';
import { deleteJob, lockJobsOf, type JobRow } from '../repository/jobs.ts';
import { isCancellable } from '../views/job.ts';
import { cancelRun, type CancelReason } from './cancel-job.ts';

/** A video is gone: so are its jobs, and a worker that is at one stops. */
export async function forgetVideo(service: QueueService, trx: QueueTransaction, videoId: string): Promise<void> {
  await markGone(trx, 'video', videoId);
  await forget(service, trx, await lockJobsOf(trx, { videoId }), 'video_deleted');
}

/** An account is gone: so are its jobs. */
export async function forgetAccount(service: QueueService, trx: QueueTransaction, userId: string): Promise<void> {
  await markGone(trx, 'account', userId);
  await forget(service, trx, await lockJobsOf(trx, { ownerId: userId }), 'account_deleted');
}

async function forget(
  service: QueueService,
  trx: QueueTransaction,
  jobs: readonly JobRow[],
  reason: CancelReason,
): Promise<void> {
  for (const job of jobs) {
    if (isCancellable(job)) await cancelRun(service, trx, job, reason);
    await emptyDeadLettersOf(trx, job.job_id);
    await deleteJob(trx, job.job_id);
  }
}
