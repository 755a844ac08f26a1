import type { SeriesPoint } from '#contracts';
import { expect, test } from 'vitest';
import { changeOf, chartPoints, isFlat, metricWords, tilesOf } from '../../../web/src/studio/chart-series.ts';

const point = (date: string, views: number, watchSeconds = 0, viewers = 0): SeriesPoint => ({
  date,
  views,
  watchSeconds,
  viewers,
});

test('keeps every day in its order, zeros included, whatever the time zone', () => {
  const points = chartPoints([point('2026-02-28', 3), point('2026-03-01', 0)], 'views');
  expect(points).toEqual([
    { date: '2026-02-28', label: 'Feb 28', value: 3 },
    { date: '2026-03-01', label: 'Mar 1', value: 0 },
  ]);
  expect([isFlat(points), isFlat(points.slice(1)), isFlat([])]).toEqual([false, true, true]);
});

test('shows watch time in minutes', () => {
  expect(chartPoints([point('2026-01-01', 0, 95)], 'watchSeconds')[0]?.value).toBe(1.6);
  expect(metricWords('watchSeconds', 7200)).toBe('2 h');
  expect(metricWords('views', 12345)).toBe('12,345');
});

test('compares with the period before, and never with nothing', () => {
  expect(changeOf(112, 100)).toEqual({ tone: 'up', text: '+12 %' });
  expect(changeOf(50, 100)).toEqual({ tone: 'down', text: '−50 %' });
  expect(changeOf(100, 100)).toEqual({ tone: 'same', text: 'no change' });
  expect(changeOf(5, 0)).toEqual({ tone: 'up', text: 'none before' });
  expect(changeOf(0, 0)).toEqual({ tone: 'same', text: 'no change' });
});

test('has tiles for views, watch time, viewers and followers', () => {
  const totals = { views: 10, watchSeconds: 90, viewers: 4 };
  const tiles = tilesOf({ totals, previous: totals }, { followers: 12, gained: -1, previouslyGained: 3 });
  expect(tiles.map(({ label, value }) => [label, value])).toEqual([
    ['Views', '10'],
    ['Watch time', '2 min'],
    ['Viewers', '4'],
    ['Followers', '12'],
  ]);
  expect(tiles[3]?.change).toEqual({ tone: 'down', text: '−1, +3 before' });
  expect(tilesOf({ totals, previous: totals }, undefined)).toHaveLength(3);
});
