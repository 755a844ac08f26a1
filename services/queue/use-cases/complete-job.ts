import type { mediaProcessed } from '#contracts';
import type { DataOf } from '#declare';
import { endAttempt, endRunningAttempts } from '../repository/attempts.ts';
import { lockJob, updateJob } from '../repository/jobs.ts';
import type { Transaction } from '../service.ts';

/** A revision is there: the job is done, whatever the ledger thought of it, and whichever run made it. */
export async function completeJob(trx: Transaction, data: DataOf<typeof mediaProcessed>): Promise<void> {
  const job = await lockJob(trx, data.jobId);
  if (job === undefined || job.state === 'done') return;
  const now = new Date();
  const end = { outcome: 'done', reason: null, endedAt: now } as const;
  const attempts = Math.max(1, job.attempts);
  await endAttempt(trx, { jobId: job.job_id, run: data.run, attempt: attempts, worker: job.worker }, end);
  await endRunningAttempts(trx, job.job_id, end);
  await updateJob(
    trx,
    job.job_id,
    { state: 'done', attempts, phase: 'done', percent: 100, reason: null, failure: null, ended_at: now },
    now,
  );
}
