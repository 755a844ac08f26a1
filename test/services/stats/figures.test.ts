import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyBatch } from '#services/stats/use-cases/apply-batch';
import { deletion, sight, startStatsWorld, type PublishedVideo, type StatsWorld } from './running-stats.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let world: StatsWorld;

beforeAll(async () => {
  world = await startStatsWorld();
});

afterAll(async () => await world.stop());

describe('a series', () => {
  it.each([7, 28, 90] as const)('of %i days has each day, the oldest first, beside the period before', async (days) => {
    const { userId: ownerId, client } = await world.user();
    const video = await world.published({ ownerId, title: 'Waves' });
    await record(video, [
      { daysAgo: 0, views: 1 },
      { daysAgo: 1, views: 2 },
      { daysAgo: 1, hour: 3, views: 4 },
      { daysAgo: days - 1, views: 8 },
      { daysAgo: days, views: 16 },
      { daysAgo: 2 * days - 1, views: 32 },
      { daysAgo: 2 * days, views: 64 },
    ]);
    const query = { days: days as never };
    const { body } = await client.send('readVideoSeries', { params: { videoId: video.videoId }, query });
    expect(body).toMatchObject({ videoId: video.videoId, title: 'Waves', days });
    expect(body.points).toHaveLength(days);
    expect(body.points.map(({ date }) => date)).toEqual(lastDays(days));
    expect(body.points.at(-1)).toEqual({ date: dayOf(0), views: 1, watchSeconds: 10, viewers: 1 });
    expect(body.points.at(-2)?.views).toBe(6);
    expect(body.points[0]?.views).toBe(8);
    expect(body.totals).toEqual({ views: 15, watchSeconds: 150, viewers: 15 });
    expect(body.previous.views).toBe(48);
  });

  it('is four weeks long if nothing is said, and of no other length', async () => {
    const { userId: ownerId, client } = await world.user();
    const { videoId } = await world.published({ ownerId });
    const params = { videoId };
    expect((await client.send('readVideoSeries', { params })).body.days).toBe(28);
    const other = await client.send('readVideoSeries', { params, query: { days: 30 as never } });
    expect([other.status, other.problem.errors?.[0]?.pointer]).toEqual([422, '?days']);
  });
});

describe('the overview', () => {
  it('adds up all own videos and names each, the most viewed first, without those that are gone', async () => {
    const { userId: ownerId, client } = await world.user();
    const few = await world.published({ ownerId, title: 'Few' });
    const many = await world.published({ ownerId, title: 'Many', visibility: 'private' });
    const none = await world.published({ ownerId, title: 'None' });
    const gone = await world.published({ ownerId, title: 'Gone' });
    await record(few, [{ daysAgo: 0, views: 2 }]);
    await record(many, [
      { daysAgo: 3, views: 5 },
      { daysAgo: 8, views: 7 },
    ]);
    await record(gone, [{ daysAgo: 0, views: 100 }]);
    await record(await world.published(), [{ daysAgo: 0, views: 1000 }]);
    await world.tell(deletion(gone));
    const { body } = await client.send('readOverview', { query: { days: 7 as never } });
    expect([body.totals.views, body.previous.views]).toEqual([7, 7]);
    expect(body.videos.map(({ videoId, title, views }) => [videoId, title, views])).toEqual([
      [many.videoId, 'Many', 5],
      [few.videoId, 'Few', 2],
      [none.videoId, 'None', 0],
    ]);
  });

  it('is empty for somebody without videos', async () => {
    const { client } = await world.user();
    const { body } = await client.send('readOverview');
    expect([body.points.length, body.totals.views, body.videos]).toEqual([28, 0, []]);
  });
});

describe('what is trending', () => {
  it('are public videos by views of the last 24 hours', async () => {
    const [first, second, old, hidden, unlisted, later] = await Promise.all(
      Array.from({ length: 6 }, async () => await world.published()),
    );
    if (!first || !second || !old || !hidden || !unlisted || !later) throw new Error('six videos were published');
    const far = 100_000;
    await record(second, [{ daysAgo: 0, views: far }]);
    await record(first, [{ daysAgo: 0, views: far + 1 }]);
    await record(old, [{ daysAgo: 2, views: 5 * far }]);
    for (const video of [hidden, unlisted, later]) await record(video, [{ daysAgo: 0, views: 3 * far }]);
    await world.tell(sight(hidden, 'private', 5), sight(unlisted, 'unlisted', 5), deletion(later));
    const { body } = await world.guest().send('listTrending', { query: { limit: 2 } });
    expect(body.items).toEqual([
      { videoId: first.videoId, recentViews: far + 1 },
      { videoId: second.videoId, recentViews: far },
    ]);
  });
});

/** Applies figures as a batch of long ago would have: each view a viewer of ten seconds. */
async function record(
  { videoId }: PublishedVideo,
  days: readonly { readonly daysAgo: number; readonly views: number; readonly hour?: number }[],
): Promise<void> {
  const figures = days.map(({ daysAgo, views, hour }) => ({
    ...{ videoId, views, viewers: views, watchSeconds: views * 10 },
    hour:
      hour === undefined
        ? new Date(hourNow() - daysAgo * DAY_MS)
        : new Date(Date.parse(dayOf(daysAgo)) + hour * HOUR_MS),
  }));
  const hours = new Set(figures.map(({ hour }) => hour.getTime()));
  for (const hour of hours) {
    const ofHour = figures.filter((one) => one.hour.getTime() === hour);
    for (const one of ofHour) {
      await applyBatch(world.running.service, {
        batch: { id: randomUUID(), figures: [one] },
        at: new Date(),
      });
    }
  }
}

function hourNow(): number {
  return Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
}

/** Day in UTC, `2026-01-31`. */
function dayOf(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
}

function lastDays(count: number): string[] {
  return Array.from({ length: count }, (_, i) => dayOf(count - 1 - i));
}
