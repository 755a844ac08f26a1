import type { Overview, SeriesPoint } from '#contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import StudioView from '../../../web/src/views/studio-view.vue';
import { json, startOrigin, type Origin } from '../support/origin.ts';
import { eventually, mountPage, type MountedPage } from '../support/page.ts';

const NOTHING = { views: 0, watchSeconds: 0, viewers: 0 };
const VIDEO_ID = '11111111-1111-4111-8111-111111111111';
const points: SeriesPoint[] = Array.from({ length: 7 }, (_, index) => ({ ...NOTHING, date: `2026-01-0${index + 1}` }));

let origin: Origin;
let mounted: MountedPage;
let overview: Overview;

beforeEach(async () => {
  overview = { days: 7, points, totals: NOTHING, previous: NOTHING, videos: [] };
  origin = await startOrigin(({ url }, response) => {
    if (url.startsWith('/api/user')) return json(response, 200, { followers: 3, gained: 1, previouslyGained: 2 });
    if (url.startsWith('/api/stats/mine')) return json(response, 200, overview);
    return json(response, 200, { ...overview, videoId: VIDEO_ID, title: '<i>Harbour</i>' });
  });
});
afterEach(async () => {
  await mounted.leave();
  await origin.close();
});

async function open(path: string) {
  mounted = await mountPage(StudioView, { path });
  await eventually(() => mounted.page.get('dl'));
  return mounted.page;
}

test('compares views, watch time, viewers and followers with the period before', async () => {
  overview = {
    ...overview,
    totals: { views: 30, watchSeconds: 7260, viewers: 10 },
    previous: { views: 20, watchSeconds: 7260, viewers: 20 },
  };
  const page = await open('/studio?days=7');
  await eventually(() => expect(page.findAll('dt')).toHaveLength(4));
  const tiles = page
    .findAll('dl > div')
    .map((tile) => tile.text().replaceAll(', compared with the previous 7 days', ''));
  expect(tiles).toEqual(['Views30+50 %', 'Watch time2 h 1 minno change', 'Viewers10−50 %', 'Followers3+1, +2 before']);
});

test('the period is part of the address, and asked for', async () => {
  const page = await open('/studio');
  await page.get('input[value="90"]').setValue();
  await eventually(() => expect(mounted.router.currentRoute.value.query['days']).toBe('90'));
  await eventually(() => expect(origin.received.map(({ url }) => url)).toContain('/api/stats/mine?days=90'));
});

test('says so when nobody watched, and what to do while nothing is published', async () => {
  const page = await open('/studio?days=7');
  expect(page.text()).toContain('No views in these 7 days.');
  expect(page.text()).toContain('Statistics of your published videos');
  expect(page.find('canvas').exists()).toBe(false);
});

test('what the chart shows stands in a table too, day by day', async () => {
  const page = await open('/studio?days=7');
  const rows = page.findAll('details tbody tr');
  expect(rows).toHaveLength(7);
  expect(rows[0]?.findAll('th, td').map((cell) => cell.text())).toEqual(['Jan 1', '0', '0', '0']);
});

test('each video leads to figures of its own, in the same period', async () => {
  overview = { ...overview, videos: [{ ...NOTHING, videoId: VIDEO_ID, title: '<i>Harbour</i>' }] };
  const page = await open('/studio?days=7');
  await page.get('table[role="table"] a').trigger('click');
  await eventually(() => expect(page.get('h1').text()).toBe('<i>Harbour</i>'));
  expect(mounted.router.currentRoute.value.query).toEqual({ days: '7', video: VIDEO_ID });
  expect(page.findAll('dt').map((tile) => tile.text())).toEqual(['Views', 'Watch time', 'Viewers']);
});
