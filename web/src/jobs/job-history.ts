/** What happened to a job, as its timeline tells it: each run, each attempt, and where it stands now. */
import type { Job, JobAttempt, JobDetail, JobState } from '#contracts';
import type { TimelineStep } from '../components/time-line.vue';
import { dayAndTime, roughDuration } from '../format/figures.ts';

/** States of a job, as a filter offers them. */
export const JOB_STATES = [
  { value: 'queued', label: 'Queued' },
  { value: 'running', label: 'Running' },
  { value: 'done', label: 'Done' },
  { value: 'failed', label: 'Failed' },
  { value: 'dead', label: 'Dead' },
  { value: 'cancelled', label: 'Cancelled' },
] as const satisfies readonly { readonly value: JobState; readonly label: string }[];

const TONES = {
  queued: 'neutral',
  running: 'accent',
  done: 'good',
  failed: 'danger',
  dead: 'danger',
  cancelled: 'neutral',
} as const satisfies Readonly<Record<JobState, string>>;

/** The state of a job as a chip says it. */
export function jobChip({ state, percent }: Pick<Job, 'state' | 'percent'>): {
  readonly tone: (typeof TONES)[JobState];
  readonly text: string;
} {
  return { tone: TONES[state], text: state === 'running' ? `running ${Math.floor(percent)} %` : state };
}

/** The steps of a job: put into the queue, each attempt of each run, and how it ended or what it waits for. */
export function jobSteps(job: JobDetail): readonly TimelineStep[] {
  const steps: TimelineStep[] = [];
  for (let run = 1; run <= job.run; run += 1) {
    steps.push(queuedStep(run, job));
    steps.push(...job.attemptList.filter((attempt) => attempt.run === run).map((attempt) => attemptStep(attempt, job)));
  }
  const last = lastStep(job);
  return last === undefined ? steps : [...steps, last];
}

function queuedStep(run: number, job: JobDetail): TimelineStep {
  return {
    key: `run-${run}`,
    label: run === 1 ? 'queued' : 'queued again',
    state: 'done',
    // of earlier runs the ledger does not keep the time
    note: run === job.run ? dayAndTime(job.queuedAt) : undefined,
  };
}

const OUTCOMES = {
  running: { state: 'current', words: 'running' },
  done: { state: 'done', words: 'done' },
  failed: { state: 'failed', words: 'failed' },
  retried: { state: 'failed', words: 'failed, will retry' },
  crashed: { state: 'failed', words: 'the worker died' },
  cancelled: { state: 'failed', words: 'cancelled' },
} as const satisfies Readonly<Record<JobAttempt['outcome'], unknown>>;

function attemptStep(attempt: JobAttempt, job: JobDetail): TimelineStep {
  const { state, words } = OUTCOMES[attempt.outcome];
  const where = attempt.worker === '' ? '' : ` on ${attempt.worker}`;
  const note = [attempt.reason ?? '', dayAndTime(attempt.startedAt), took(attempt)].filter(Boolean).join(' · ');
  return {
    key: `run-${attempt.run}-attempt-${attempt.attempt}`,
    label: `attempt ${attempt.attempt}${where}: ${words}`,
    state,
    note,
    ...(state === 'current' ? { percent: job.percent } : {}),
  };
}

function took({ startedAt, endedAt }: JobAttempt): string {
  if (endedAt === null) return '';
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return seconds < 1 ? 'under a second' : roughDuration(seconds);
}

/** What comes after the last attempt; nothing while one goes on. */
function lastStep(job: JobDetail): TimelineStep | undefined {
  const ended = job.endedAt === null ? undefined : dayAndTime(job.endedAt);
  const note = [job.reason ?? '', ended ?? ''].filter(Boolean).join(' · ') || undefined;
  switch (job.state) {
    case 'queued':
      return {
        key: 'now',
        label: job.attempts === 0 ? 'waiting' : `waiting for attempt ${job.attempts + 1}`,
        state: 'current',
        note: job.reason ?? undefined,
      };
    case 'running':
      return undefined;
    case 'done':
      return { key: 'now', label: 'ready', state: 'done', note: ended };
    case 'failed':
      return { key: 'now', label: 'failed', state: 'failed', note };
    case 'dead':
      return { key: 'now', label: 'given up', state: 'failed', note };
    case 'cancelled':
      return { key: 'now', label: 'cancelled', state: 'failed', note };
  }
}
