import { PASSING_FAILURES, type Job, type JobAttempt, type JobDetail, type JobState, type ListedJob } from '#contracts';
import { attemptsOf, type AttemptRow } from '../repository/attempts.ts';
import { UNDER_WAY, type JobRow } from '../repository/jobs.ts';
import type { Database } from '../service.ts';

/** States from which a job may be put into the queue again. */
const RETRYABLE: readonly JobState[] = ['failed', 'dead', 'cancelled'];

/** Whether a job may be cancelled now. */
export function isCancellable({ state }: Pick<JobRow, 'state'>): boolean {
  return UNDER_WAY.includes(state);
}

/** Whether a job may be put into the queue again. */
export function isRetryable(job: Pick<JobRow, 'state' | 'failure'>): boolean {
  return RETRYABLE.includes(job.state) && !isHopeless(job);
}

/** Whether the file of a job can never become a video. */
export function isHopeless({ failure }: Pick<JobRow, 'failure'>): boolean {
  return failure !== null && !PASSING_FAILURES.includes(failure);
}

/** A job as its owner sees it. */
export function jobView(row: JobRow): Job {
  return {
    jobId: row.job_id,
    videoId: row.video_id,
    fileName: row.file_name,
    bytes: row.bytes,
    state: row.state,
    run: row.run,
    attempts: row.attempts,
    phase: row.phase,
    percent: row.percent,
    reason: row.reason,
    queuedAt: row.queued_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A job as the administrator sees it in a list. */
export function listedJobView(row: JobRow): ListedJob {
  return { ...jobView(row), ownerId: row.owner_id, worker: row.worker };
}

/** A job with its attempts. */
export async function jobDetailView(db: Database, row: JobRow): Promise<JobDetail> {
  return {
    ...jobView(row),
    attemptList: (await attemptsOf(db, row.job_id)).map(attemptView),
    cancellable: isCancellable(row),
    retryable: isRetryable(row),
  };
}

function attemptView(row: AttemptRow): JobAttempt {
  return {
    run: row.run,
    attempt: row.attempt,
    worker: row.worker,
    outcome: row.outcome,
    reason: row.reason,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
