import type { VideoFailure } from '#contracts';
import { expect, test } from 'vitest';
import { stateWords, type JobGlimpse } from '../../../web/src/processing/video-state.ts';

const failure = (code: VideoFailure['code']): VideoFailure => ({ code, reason: 'The file holds sound alone.' });
const job = (more: Partial<JobGlimpse>): JobGlimpse => ({
  jobId: 'j1',
  state: 'running',
  percent: 41.7,
  attempts: 1,
  reason: null,
  ...more,
});

test('says why a video failed, and what to do about it', () => {
  const words = stateWords({ state: 'failed', failure: failure('no_video_track') }, undefined);
  expect(words).toMatchObject({ tone: 'danger', text: 'failed: no video track in this file' });
  expect(words.advice).toBe('The file holds sound alone. Choose a video file.');
});

test('gives the reason of the file, none where the file is not at fault', () => {
  expect(stateWords({ state: 'failed', failure: failure('internal') }, undefined).advice).toBe(
    'Try again. The file may be fine.',
  );
});

test('offers another try only where the same file can succeed', () => {
  expect(stateWords({ state: 'failed', failure: failure('no_space') }, undefined).next).toBe('retry');
  expect(stateWords({ state: 'failed', failure: failure('no_video_track') }, undefined).next).toBeUndefined();
});

test('follows the job of a video that is processed', () => {
  const said = (more: Partial<JobGlimpse>) => stateWords({ state: 'processing', failure: null }, job(more)).text;
  expect(said({})).toBe('transcoding 41 %');
  expect(said({ state: 'queued' })).toBe('queued');
  expect(said({ state: 'dead', attempts: 5 })).toBe('failed: given up after 5 attempts');
});

test('says of a failed video whose job was given up why, and offers another try', () => {
  const given = job({ state: 'dead', attempts: 5, reason: 'Processing was interrupted 5 times and is not retried.' });
  expect(stateWords({ state: 'failed', failure: failure('internal') }, given)).toEqual({
    tone: 'danger',
    text: 'failed: given up after 5 attempts',
    advice: 'Processing was interrupted 5 times and is not retried.',
    next: 'retry',
  });
});

test('leads back to the upload of a file that has not arrived', () => {
  expect(stateWords({ state: 'draft', failure: null }, undefined)).toMatchObject({ tone: 'warn', next: 'upload' });
});
