import type { mediaFailed } from '#contracts';
import type { DataOf } from '#declare';
import { endAttempt, endRunningAttempts } from '../repository/attempts.ts';
import { lockJob, UNDER_WAY, updateJob } from '../repository/jobs.ts';
import type { Transaction } from '../service.ts';

/** The file cannot become a video: the job failed, unless a later run is under way. */
export async function failJob(trx: Transaction, data: DataOf<typeof mediaFailed>): Promise<void> {
  const job = await lockJob(trx, data.jobId);
  if (job === undefined || job.run !== data.run || !UNDER_WAY.includes(job.state)) return;
  const now = new Date();
  const { run, attempt, reason, code } = data;
  const end = { outcome: 'failed', reason, endedAt: now } as const;
  await endAttempt(trx, { jobId: job.job_id, run, attempt, worker: job.worker }, end);
  await endRunningAttempts(trx, job.job_id, end);
  const attempts = Math.max(job.attempts, attempt);
  await updateJob(
    trx,
    job.job_id,
    { state: 'failed', attempts, phase: null, worker: null, reason, failure: code, ended_at: now },
    now,
  );
}
