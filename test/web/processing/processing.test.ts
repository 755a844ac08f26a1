import type { Job, Progress } from '#contracts';
import { expect, test } from 'vitest';
import {
  isSettled,
  NOTHING_KNOWN,
  processingSteps,
  withJob,
  withProgress,
  withVideo,
  type Processing,
} from '../../../web/src/processing/processing.ts';

const ids = {
  jobId: '11111111-1111-4111-8111-111111111111',
  videoId: '22222222-2222-4222-8222-222222222222',
};
const AT = '2026-01-01T00:00:00.000Z';

const progress = (more: Partial<Progress> = {}): Progress => ({
  ...ids,
  ownerId: '33333333-3333-4333-8333-333333333333',
  run: 1,
  attempt: 1,
  worker: 'media-0',
  phase: 'transcoding',
  percent: 42.7,
  sequence: 3,
  at: AT,
  ...more,
});
const job = (more: Partial<Job> = {}): Job => ({
  ...ids,
  fileName: 'a.mp4',
  bytes: 1,
  state: 'running',
  run: 1,
  attempts: 1,
  phase: 'transcoding',
  percent: 30,
  reason: null,
  queuedAt: AT,
  startedAt: AT,
  endedAt: null,
  updatedAt: AT,
  ...more,
});
const states = (known: Processing) => processingSteps(known).map(({ state }) => state);
const processing = withVideo(NOTHING_KNOWN, { state: 'processing', failure: null });

test('goes uploaded, queued, transcoding, ready', () => {
  expect(processingSteps(NOTHING_KNOWN).map(({ key }) => key)).toEqual(['uploaded', 'queued', 'transcoding', 'ready']);
  expect(states(NOTHING_KNOWN)).toEqual(['current', 'ahead', 'ahead', 'ahead']);
  expect(states(processing)).toEqual(['done', 'current', 'ahead', 'ahead']);
  const running = withProgress(processing, progress());
  expect(states(running)).toEqual(['done', 'done', 'current', 'ahead']);
  expect(processingSteps(running)[2]).toMatchObject({ label: 'transcoding', percent: 42.7 });
  expect(states(withProgress(running, progress({ phase: 'done', percent: 100, sequence: 9 })))).toEqual([
    'done',
    'done',
    'done',
    'current',
  ]);
  expect(states(withVideo(running, { state: 'ready', failure: null }))).toEqual(['done', 'done', 'done', 'done']);
});

test('progress of a draft tells that its file arrived', () => {
  expect(withProgress(NOTHING_KNOWN, progress()).state).toBe('processing');
});

test('takes no step back for a message that comes late', () => {
  const known = withProgress(processing, progress());
  expect(withProgress(known, progress({ percent: 10, sequence: 2 }))).toBe(known);
  expect(withProgress(known, progress({ percent: 90, sequence: 3 }))).toBe(known);
  expect(withJob(known, job({ percent: 30 }))).toBe(known);
  const second = withProgress(known, progress({ attempt: 2, sequence: 0, percent: 1 }));
  expect(withProgress(second, progress({ sequence: 99 }))).toBe(second);
  expect(withJob(second, job({ attempts: 1 }))).toBe(second);
});

test('believes the ledger when it knows of a later attempt, a later run, or the end', () => {
  const known = withProgress(processing, progress());
  expect(withJob(known, job({ attempts: 2, percent: 5 })).job).toMatchObject({ attempt: 2, percent: 5 });
  expect(withJob(known, job({ run: 2, state: 'queued', attempts: 0 })).job).toMatchObject({ run: 2, state: 'queued' });
  const dead = withJob(known, job({ state: 'dead', attempts: 5, reason: 'the worker died without a reply' }));
  expect(isSettled(dead)).toBe(true);
  expect(processingSteps(dead)[2]).toMatchObject({
    state: 'failed',
    note: 'given up after 5 attempts: the worker died without a reply',
  });
  expect(withProgress(dead, progress({ sequence: 50 }))).toBe(dead);
  expect(states(withProgress(dead, progress({ run: 2, sequence: 0 })))).toEqual(['done', 'done', 'current', 'ahead']);
});

test('a video whose job is dead has failed, and is processed again when its job is redriven, in whatever order that is told', () => {
  const failure = { code: 'internal', reason: 'Processing was interrupted 5 times and is not retried.' } as const;
  const dead = withVideo(withJob(processing, job({ state: 'dead', attempts: 5 })), { state: 'failed', failure });
  expect(isSettled(dead)).toBe(true);
  const again = withProgress(dead, progress({ run: 2, sequence: 0 }));
  expect(again).toMatchObject({ state: 'processing', failure: null, job: { run: 2 } });
  expect(isSettled(again)).toBe(false);
  const queued = withJob(dead, job({ run: 2, state: 'queued', attempts: 0 }));
  expect(queued).toMatchObject({ state: 'processing', failure: null });
  // the catalogue has not heard of the new run yet: it is asked again
  const behind = withVideo(queued, { state: 'failed', failure });
  expect(isSettled(behind)).toBe(false);
  expect(isSettled(withVideo(behind, { state: 'ready', failure: null }))).toBe(true);
});

test('a run that fails too is settled when the catalogue and the ledger say so', () => {
  const running = withProgress(processing, progress({ run: 2 }));
  const failed = withVideo(running, { state: 'failed', failure: { code: 'unreadable', reason: 'x' } });
  expect(isSettled(failed)).toBe(false);
  expect(isSettled(withJob(failed, job({ run: 2, state: 'failed', reason: 'x' })))).toBe(true);
});

test('an attempt that broke waits again, and says why', () => {
  const known = withProgress(processing, progress({ problem: 'disk was busy', sequence: 4 }));
  expect(states(known)).toEqual(['done', 'current', 'ahead', 'ahead']);
  expect(processingSteps(known)[1]?.note).toBe('tried again after: disk was busy');
});

test('a file that cannot become a video says so in words', () => {
  const failed = withVideo(processing, { state: 'failed', failure: { code: 'no_video_track', reason: 'x' } });
  expect(isSettled(failed)).toBe(true);
  expect(processingSteps(failed)[2]).toMatchObject({ state: 'failed', note: 'no video track in this file' });
});
