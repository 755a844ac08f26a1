import { jobDead } from '#contracts';
import { endAttempt, endRunningAttempts } from '../repository/attempts.ts';
import { lockJob, UNDER_WAY, updateJob } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { runOf } from '../views/job-run.ts';

/** A run that used up its deliveries. */
export interface DeadRun {
  readonly jobId: string;
  readonly run: number;
  readonly attempts: number;
  /** Whether its worker died, rather than saying what went wrong. */
  readonly crashed: boolean;
}

/** The job is dead, and its owner is told: once, since only a job that is under way can die. */
export async function buryJob(service: Service, trx: Transaction, dead: DeadRun): Promise<void> {
  const job = await lockJob(trx, dead.jobId);
  if (job === undefined || job.run !== dead.run || !UNDER_WAY.includes(job.state)) return;
  const now = new Date();
  const { run, attempts, crashed } = dead;
  const reason = crashed
    ? `Processing was interrupted ${times(attempts)} and is not retried.`
    : `Processing failed ${times(attempts)} and is not retried.`;
  const end = { outcome: crashed ? 'crashed' : 'failed', reason: null, endedAt: now } as const;
  await endAttempt(trx, { jobId: job.job_id, run, attempt: attempts, worker: job.worker }, end);
  await endRunningAttempts(trx, job.job_id, end);
  await updateJob(trx, job.job_id, { state: 'dead', attempts, phase: null, worker: null, reason, ended_at: now }, now);
  await service.enqueue(trx, jobDead, {
    id: `dead:${job.job_id}:run:${run}`,
    aggregate: job.job_id,
    data: {
      ...runOf(job),
      fileName: job.file_name,
      attempts,
      reason,
      diedAt: now.toISOString(),
    },
  });
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
