import { deadLetterStanding } from '#contracts';
import { expect, test } from 'vitest';
import { payloadText, whyNotRedrivable } from '../../../web/src/jobs/dead-letter-words.ts';

test('a payload is laid out to be read; what is no JSON stands as it came', () => {
  expect(payloadText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(payloadText('<script>not json')).toBe('<script>not json');
  expect(payloadText(null)).toBe('The message was empty.');
});

test('says why there is nothing to redrive, for each reason in other words', () => {
  expect(whyNotRedrivable({ standing: 'redrivable' })).toBeUndefined();
  const others = deadLetterStanding.options.filter((standing) => standing !== 'redrivable');
  const sentences = others.map((standing) => whyNotRedrivable({ standing })?.sentence ?? '');
  expect(new Set(sentences).size).toBe(others.length);
  expect(whyNotRedrivable({ standing: 'hopeless' })?.sentence).toContain('never');
  expect(whyNotRedrivable({ standing: 'redriven' })?.word).toBe('redriven');
});
