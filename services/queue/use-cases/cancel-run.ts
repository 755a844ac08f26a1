import { jobCancelled } from '#contracts';
import type { DataOf } from '#declare';
import { endRunningAttempts } from '../repository/attempts.ts';
import { updateJob, type JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { runOf } from '../views/job-run.ts';

/** Why a job is not wanted any more. */
export type CancelReason = DataOf<typeof jobCancelled>['reason'];

/** Ends the present run of a job. Its message stays in the queue: the worker takes it up and sees that it is not wanted. */
export async function cancelRun(
  service: Service,
  trx: Transaction,
  { job, reason }: { readonly job: JobRow; readonly reason: CancelReason },
): Promise<JobRow> {
  const now = new Date();
  await endRunningAttempts(trx, job.job_id, { outcome: 'cancelled', reason: null, endedAt: now });
  await service.enqueue(trx, jobCancelled, {
    id: `cancelled:${job.job_id}:run:${job.run}`,
    aggregate: job.job_id,
    data: {
      ...runOf(job),
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
