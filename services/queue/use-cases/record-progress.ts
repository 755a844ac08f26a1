import { jobStarted, type Progress } from '#contracts';
import { endAttempt, endRunningAttempts, insertAttempt } from '../repository/attempts.ts';
import { lockJob, UNDER_WAY, updateJob, type JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';

/**
 * Takes in how far a job is. Every replica of queue hears it, in whatever order, and some may never come: what is not newer
 * than the ledger is left out.
 */
export async function recordProgress(service: Service, progress: Progress): Promise<void> {
  await service.transaction(async (trx) => {
    const job = await lockJob(trx, progress.jobId);
    if (job === undefined || job.run !== progress.run || !UNDER_WAY.includes(job.state)) return;
    if (!isNewer(progress, job)) return;
    const now = new Date();
    if (await isFirstOf(trx, progress, now)) await recordStart(service, trx, progress);
    const { attempt, sequence, problem } = progress;
    const place = { progress_attempt: attempt, progress_sequence: sequence, attempts: Math.max(job.attempts, attempt) };
    if (problem === undefined) {
      const { phase, percent, worker } = progress;
      const started_at = job.started_at ?? now;
      await updateJob(trx, job.job_id, { ...place, state: 'running', phase, percent, worker, started_at }, now);
      return;
    }
    const end = { outcome: 'retried', reason: problem, endedAt: now } as const;
    await endAttempt(trx, progress, end);
    await updateJob(trx, job.job_id, { ...place, state: 'queued', phase: null, worker: null, reason: problem }, now);
  });
}

function isNewer({ attempt, sequence }: Progress, job: JobRow): boolean {
  if (attempt !== job.progress_attempt) return attempt > job.progress_attempt;
  return sequence > job.progress_sequence;
}

async function isFirstOf(trx: Transaction, progress: Progress, now: Date): Promise<boolean> {
  const { jobId, run, attempt, worker } = progress;
  return await insertAttempt(trx, {
    job_id: jobId,
    run,
    attempt,
    worker,
    outcome: 'running',
    reason: null,
    started_at: now,
    ended_at: null,
  });
}

/** A new attempt tells that the one before ended; if it did not say so itself, its worker was killed. */
async function recordStart(service: Service, trx: Transaction, progress: Progress): Promise<void> {
  const { jobId, run, attempt, worker, videoId, ownerId } = progress;
  const now = new Date();
  const crash = { outcome: 'crashed', reason: 'the worker died without a reply', endedAt: now } as const;
  await endRunningAttempts(trx, jobId, crash, { except: { run, attempt } });
  await service.enqueue(trx, jobStarted, {
    id: `started:${jobId}:run:${run}:attempt:${attempt}`,
    aggregate: jobId,
    data: { jobId, run, videoId, ownerId, attempt, worker, startedAt: now.toISOString() },
  });
}
