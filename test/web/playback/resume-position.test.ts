import { expect, test } from 'vitest';
import { resumePosition } from '../../../web/src/playback/resume-position.ts';

test('goes on where it was left', () => {
  expect(resumePosition(42, 600)).toBe(42);
});

test('starts over what was hardly begun, as good as seen, or never watched', () => {
  expect(resumePosition(4, 600)).toBe(0);
  expect(resumePosition(592, 600)).toBe(0);
  expect(resumePosition(28.6, 30)).toBe(0);
  expect(resumePosition(undefined, 600)).toBe(0);
});
