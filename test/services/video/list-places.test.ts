import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { relevancePlace } from '#services/video/views/list-places';

const place = { sort: 'relevance', rank: 0.06, at: '2026-11-28T10:00:00.000Z', id: randomUUID() };

it.each([
  ['what a page gave', {}, true],
  ['no rank at all', { rank: 0 }, true],
  ['a rank above what PostgreSQL can hold', { rank: 1e300 }, false],
  ['a rank below what PostgreSQL can hold', { rank: 1e-300 }, false],
  ['a negative rank', { rank: -1 }, false],
  ['the year 0', { at: '0000-01-01T00:00:00.000Z' }, false],
  ['a time before Christ', { at: '-000001-01-01T00:00:00.000Z' }, false],
])('a cursor with %s', (_, change, good) => {
  expect(relevancePlace.safeParse({ ...place, ...change }).success).toBe(good);
});
