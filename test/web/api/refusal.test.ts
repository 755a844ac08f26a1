import type { Problem } from '#contracts';
import { expect, test } from 'vitest';
import { fieldFaults, Refusal, Unreachable, wordsOf } from '../../../web/src/api/index.ts';
import { problem } from '../support/origin.ts';

const refusal = (status: number, code: string, extra: Partial<Problem> = {}) =>
  new Refusal('video', problem(status, code, extra) as Problem);

test('leads pointers to the fields of a form', () => {
  const error = refusal(422, 'invalid', {
    errors: [
      { pointer: '/title', detail: 'too long' },
      { pointer: '/tags/3', detail: 'not a tag' },
      { pointer: '/title', detail: 'not printable' },
      { pointer: '?limit', detail: 'at most 100' },
    ],
  });
  expect(fieldFaults(error)).toEqual({ title: 'too long; not printable', tags: 'not a tag', limit: 'at most 100' });
});

test('says a refusal in sentences, with the id to quote', () => {
  expect(wordsOf(refusal(409, 'conflict', { title: 'this cannot be done', detail: 'it is being processed' }))).toEqual({
    title: 'This cannot be done.',
    detail: 'It is being processed.',
    requestId: 'req-1',
    retryable: true,
  });
});

test('says when to try again', () => {
  expect(wordsOf(refusal(429, 'rate_limited', { retryAfterSeconds: 240 })).detail).toBe('Try again in 4 minutes.');
});

test('offers no second try where it cannot help', () => {
  expect(wordsOf(refusal(404, 'not_found')).retryable).toBe(false);
  expect(wordsOf(refusal(503, 'unavailable')).retryable).toBe(true);
});

test('tells offline from a server that does not answer', () => {
  expect(wordsOf(new Unreachable('video', true, undefined)).title).toBe('You are offline.');
  expect(wordsOf(new Unreachable('video', false, undefined)).title).toBe('The server could not be reached.');
});

test('shows nothing of what went wrong inside the page', () => {
  expect(JSON.stringify(wordsOf(new TypeError('secret is undefined')))).not.toContain('secret');
});
