import { emptyDeadLettersOf } from '../repository/dead-letters.ts';
import { deleteJob, type JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { isCancellable } from '../views/job.ts';
import { cancelRun, type CancelReason } from './cancel-run.ts';

/** Deletes jobs whose video or account is gone; a worker that runs one of them stops. */
export async function forgetJobs(
  service: Service,
  trx: Transaction,
  { jobs, reason }: { readonly jobs: readonly JobRow[]; readonly reason: CancelReason },
): Promise<void> {
  for (const job of jobs) {
    if (isCancellable(job)) await cancelRun(service, trx, { job, reason });
    await emptyDeadLettersOf(trx, job.job_id);
    await deleteJob(trx, job.job_id);
  }
}
