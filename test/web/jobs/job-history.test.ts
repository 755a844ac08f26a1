import type { JobAttempt, JobDetail } from '#contracts';
import { expect, test } from 'vitest';
import { jobChip, jobSteps } from '../../../web/src/jobs/job-history.ts';

const at = (minute: number): string => `2026-01-31T10:${String(minute).padStart(2, '0')}:00.000Z`;
const attempt = (number: number, more: Partial<JobAttempt> = {}): JobAttempt => ({
  run: 1,
  attempt: number,
  worker: `media-${number}`,
  outcome: 'retried',
  reason: 'ffmpeg ended with code 1',
  startedAt: at(number),
  endedAt: at(number + 2),
  ...more,
});
const job = (more: Partial<JobDetail> = {}): JobDetail => ({
  jobId: 'j1',
  videoId: 'v1',
  fileName: 'harbour.mp4',
  bytes: 1000,
  state: 'running',
  run: 1,
  attempts: 1,
  phase: 'transcoding',
  percent: 41.7,
  reason: null,
  queuedAt: at(0),
  startedAt: at(1),
  endedAt: null,
  updatedAt: at(5),
  attemptList: [],
  cancellable: true,
  retryable: false,
  ...more,
});
const told = (detail: JobDetail) => jobSteps(detail).map(({ label, state }) => `${state}: ${label}`);

test('a job that nobody took up is waiting', () => {
  expect(told(job({ state: 'queued', attempts: 0 }))).toEqual(['done: queued', 'current: waiting']);
});

test('a job between two attempts waits for the next', () => {
  expect(told(job({ state: 'queued', attemptList: [attempt(1)] }))).toEqual([
    'done: queued',
    'failed: attempt 1 on media-1: failed, will retry',
    'current: waiting for attempt 2',
  ]);
});

test('the attempt that goes on is the last step, and tells how far it is', () => {
  const running = attempt(2, { outcome: 'running', reason: null, endedAt: null });
  const steps = jobSteps(job({ attempts: 2, attemptList: [attempt(1), running] }));
  expect(steps.at(-1)).toMatchObject({ state: 'current', label: 'attempt 2 on media-2: running', percent: 41.7 });
});

test('tells the reason of each attempt, when it was and how long it took', () => {
  const note = jobSteps(job({ attemptList: [attempt(1)] }))[1]?.note ?? '';
  expect(note).toMatch(/^ffmpeg ended with code 1 · .*2026.* · 2 min$/);
});

test('a dead job ends with what the ledger says', () => {
  const dead = job({
    state: 'dead',
    reason: 'Processing was interrupted twice and is not retried.',
    endedAt: at(9),
    attemptList: [attempt(1, { outcome: 'crashed', reason: null })],
  });
  expect(told(dead)).toEqual(['done: queued', 'failed: attempt 1 on media-1: the worker died', 'failed: given up']);
  expect(jobSteps(dead).at(-1)?.note).toMatch(/^Processing was interrupted twice and is not retried\. · /);
});

test('each run begins in the queue, with its own attempts below it', () => {
  const second = attempt(1, { run: 2, outcome: 'done', reason: null });
  expect(told(job({ state: 'done', run: 2, endedAt: at(9), attemptList: [attempt(1), second] }))).toEqual([
    'done: queued',
    'failed: attempt 1 on media-1: failed, will retry',
    'done: queued again',
    'done: attempt 1 on media-1: done',
    'done: ready',
  ]);
});

test('an attempt whose start nobody heard of names no worker', () => {
  expect(told(job({ attemptList: [attempt(1, { worker: '' })] }))[1]).toBe('failed: attempt 1: failed, will retry');
});

test('the chip tells how far a running job is, and else its state', () => {
  expect(jobChip({ state: 'running', percent: 41.7 })).toEqual({ tone: 'accent', text: 'running 41 %' });
  expect(jobChip({ state: 'dead', percent: 41.7 })).toEqual({ tone: 'danger', text: 'dead' });
});
