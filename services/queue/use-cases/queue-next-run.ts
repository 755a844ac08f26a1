import { updateJob, type JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { queueRun } from './queue-run.ts';

/** Starts the next run of a job: it waits again, as if nothing had happened. */
export async function queueNextRun(
  service: Service,
  trx: Transaction,
  { job, reason = null }: { readonly job: JobRow; readonly reason?: string | null },
): Promise<JobRow> {
  const now = new Date();
  const next = await updateJob(
    trx,
    job.job_id,
    {
      state: 'queued',
      run: job.run + 1,
      attempts: 0,
      phase: null,
      percent: 0,
      worker: null,
      reason,
      failure: null,
      progress_attempt: 0,
      progress_sequence: 0,
      queued_at: now,
      started_at: null,
      ended_at: null,
    },
    now,
  );
  await queueRun(service, trx, next);
  return next;
}
