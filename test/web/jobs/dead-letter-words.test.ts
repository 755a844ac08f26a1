import { expect, test } from 'vitest';
import { payloadText, whyNotRedrivable } from '../../../web/src/jobs/dead-letter-words.ts';

test('a payload is laid out to be read; what is no JSON stands as it came', () => {
  expect(payloadText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(payloadText('<script>not json')).toBe('<script>not json');
  expect(payloadText(null)).toBe('The message was empty.');
});

test('says why there is nothing to redrive', () => {
  const letter = { redrivable: false, redrivenAt: null, jobId: 'j1' };
  expect(whyNotRedrivable({ ...letter, redrivable: true })).toBeUndefined();
  expect(whyNotRedrivable({ ...letter, redrivenAt: '2026-01-31T10:00:00.000Z' })).toBe('It was redriven.');
  expect(whyNotRedrivable({ ...letter, jobId: null })).toContain('belongs to no job');
  expect(whyNotRedrivable(letter)).toContain('not dead or failed');
});
