import { expect, test } from 'vitest';
import { browserWords } from '../../../web/src/format/browser.ts';
import {
  age,
  byteSize,
  clock,
  compactNumber,
  countOf,
  percentOf,
  roughDuration,
  spokenDuration,
  until,
} from '../../../web/src/format/figures.ts';

test.for([
  [0, '0:00'],
  [7.9, '0:07'],
  [754, '12:34'],
  [3723, '1:02:03'],
  [-1, '0:00'],
] as const)('shows %d seconds as %s', ([seconds, text]) => expect(clock(seconds)).toBe(text));

test.for([
  [0, '0 seconds'],
  [61, '1 minute 1 second'],
  [7320, '2 hours 2 minutes'],
] as const)('says %d seconds as %s', ([seconds, text]) => expect(spokenDuration(seconds)).toBe(text));

test.for([
  [0, 'no views'],
  [1, '1 view'],
  [2, '2 views'],
  [1234, '1.2K views'],
] as const)('counts %d as %s', ([value, text]) => expect(countOf(value, 'view')).toBe(text));

const NOW = Date.parse('2026-03-31T12:00:00Z');
test.for([
  ['2026-03-31T11:59:30Z', 'just now'],
  ['2026-03-31T12:05:00Z', 'just now'],
  ['2026-03-31T11:55:00Z', '5 minutes ago'],
  ['2026-03-30T12:00:00Z', 'yesterday'],
  ['2026-03-20T12:00:00Z', 'last week'],
  ['2024-01-01T00:00:00Z', '2 years ago'],
] as const)('%s was %s', ([instant, text]) => expect(age(instant, NOW)).toBe(text));

test.for([
  ['2026-03-31T12:55:10Z', 'in 55 minutes'],
  ['2026-03-31T12:00:10Z', 'in less than a minute'],
  ['2026-03-31T11:00:00Z', 'now'],
] as const)('%s is %s', ([instant, text]) => expect(until(instant, NOW)).toBe(text));

test.for([
  [0, '0 B'],
  [999, '999 B'],
  [1500, '1.5 kB'],
  [999_600, '1 MB'],
  [1_234_567_890, '1.2 GB'],
  [52_000_000, '52 MB'],
] as const)('shows %d bytes as %s', ([bytes, text]) => expect(byteSize(bytes)).toBe(text));

test.for([
  [45, '45 s'],
  [3600, '1 h'],
  [12_000, '3 h 20 min'],
  [259_200, '3 days'],
] as const)('shows about %d seconds as %s', ([seconds, text]) => expect(roughDuration(seconds)).toBe(text));

test('shows a part as percent, never more than there is', () => {
  expect([percentOf(1, 3), percentOf(999, 1000), percentOf(0, 0)]).toEqual(['33 %', '99 %', '0 %']);
});

test('shortens a large number', () => expect(compactNumber(1_250_000)).toBe('1.3M'));

test.for([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0',
    'Edge on Windows',
  ],
  ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36', 'Chrome on Android'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15', 'Safari on macOS'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Linux'],
  ['curl/8.5.0', 'curl'],
  ['', 'An unknown browser'],
] as const)('knows %s', ([userAgent, words]) => expect(browserWords(userAgent)).toBe(words));
