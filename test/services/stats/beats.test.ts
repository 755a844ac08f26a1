import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stats } from '#catalog';
import { beat, startStatsWorld, type StatsClient, type StatsWorld } from './running-stats.ts';

let world: StatsWorld;

beforeAll(async () => {
  world = await startStatsWorld();
});

afterAll(async () => await world.stop());

describe('a view', () => {
  it('counts after ten seconds in production, once an hour, and flushes come every quarter of a minute', () => {
    const env = world.stores.env(stats);
    expect([env.VIEW_MIN_S, env.VIEW_WINDOW_S, env.FLUSH_S]).toEqual(['10', '3600', '15']);
  });

  it('counts once its seconds are together, and watch time from the first beat', async () => {
    const { videoId } = await world.published();
    const [viewer, playback] = [world.guest(), randomUUID()];
    await watch(viewer, videoId, beat(0, 5, playback), beat(1, 4.5, playback));
    expect(await totalsOf(videoId)).toEqual({ videoId, views: 0, watchSeconds: 9.5, viewers: 0 });
    await watch(viewer, videoId, beat(2, 0.5, playback), beat(3, 5, playback));
    expect(await totalsOf(videoId)).toEqual({ videoId, views: 1, watchSeconds: 15, viewers: 1 });
  });

  it('counts after half of a short video', async () => {
    const { videoId } = await world.published({ durationSeconds: 4 });
    const playback = randomUUID();
    await watch(world.guest(), videoId, beat(0, 1.9, playback));
    expect((await totalsOf(videoId)).views).toBe(0);
    await watch(world.guest(), videoId, beat(0, 2, playback));
    expect((await totalsOf(videoId)).views).toBe(1);
  });

  it('is not made of the same beat sent again', async () => {
    const { videoId } = await world.published();
    const [viewer, playback] = [world.guest(), randomUUID()];
    await watch(viewer, videoId, beat(1, 6, playback), beat(1, 6, playback), beat(0, 6, playback));
    expect(await totalsOf(videoId)).toMatchObject({ views: 0, watchSeconds: 6 });
  });

  it('counts once for a viewer however many players and replies there are, at the same time too', async () => {
    const { videoId } = await world.published();
    const viewer = world.guest();
    await Promise.all(Array.from({ length: 8 }, async () => await watch(viewer, videoId, beat(0, 10))));
    expect(await totalsOf(videoId)).toMatchObject({ views: 1, viewers: 1, watchSeconds: 80 });
  });

  it('counts again after the window, for the same viewer of the day', async () => {
    const { videoId } = await world.published();
    const viewer = world.guest();
    await watch(viewer, videoId, beat(0, 10));
    const [viewed = ''] = await world.stores.adminRedis.keys(`stats:viewed:${videoId}:*`);
    expect(await world.stores.adminRedis.ttl(viewed)).toBeGreaterThan(3500);
    await world.stores.adminRedis.del(viewed);
    await watch(viewer, videoId, beat(0, 10));
    expect(await totalsOf(videoId)).toMatchObject({ views: 2, viewers: 1 });
  });

  it('tells viewers apart by session, else by address and browser', async () => {
    const { videoId } = await world.published();
    const [one, other] = [await world.user(), await world.user()];
    for (const who of [one.client, other.client, world.guest('198.51.100.1'), world.guest('198.51.100.2')]) {
      await watch(who, videoId, beat(0, 10));
    }
    const request = { params: { videoId }, body: beat(0, 10), headers: { 'user-agent': 'another browser' } };
    await world.guest('198.51.100.1').send('recordBeat', request);
    expect(await totalsOf(videoId)).toMatchObject({ views: 5, viewers: 5 });
  });

  it('believes no seconds that go faster than time does', async () => {
    const { videoId } = await world.published();
    const [viewer, playback] = [world.guest(), randomUUID()];
    for (let i = 0; i < 20; i += 1) await watch(viewer, videoId, beat(i, 60, playback));
    expect((await totalsOf(videoId)).watchSeconds).toBeLessThan(130);
  });

  it('is refused with more than a minute in one beat, or a field that is not known', async () => {
    const { videoId } = await world.published();
    for (const body of [beat(0, 61), beat(0, -1), { ...beat(0, 1), views: 5 }]) {
      expect((await world.guest().send('recordBeat', { params: { videoId }, body })).status).toBe(422);
    }
  });
});

describe('a viewer', () => {
  it('leaves no address in Redis or PostgreSQL', async () => {
    const { videoId } = await world.published();
    const address = '203.0.113.77';
    await watch(world.guest(address), videoId, beat(0, 10));
    const seen: string[] = [];
    const redis = world.stores.adminRedis;
    for (const key of await redis.keys('stats:*')) seen.push(key, JSON.stringify(await redis.dump(key)));
    await world.flush();
    const { db } = world.running.service;
    for (const table of ['video', 'figure', 'applied_batch'] as const) {
      seen.push(JSON.stringify(await db.selectFrom(table).selectAll().execute()));
    }
    expect(seen.join()).toContain(videoId);
    expect(seen.join()).not.toContain(address);
  });

  it('is forgotten by Redis: every key but the buffer ends by itself', async () => {
    const { videoId } = await world.published();
    await watch(world.guest(), videoId, beat(0, 10));
    const redis = world.stores.adminRedis;
    const keys = (await redis.keys(`stats:*${videoId}*`)).sort();
    expect(keys.map((key) => key.split(':')[1])).toEqual(['play', 'viewed', 'viewers', 'watch']);
    for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(0);
  });
});

async function watch(
  viewer: StatsClient,
  videoId: string,
  ...beats: readonly ReturnType<typeof beat>[]
): Promise<void> {
  for (const body of beats) {
    const { status, problem } = await viewer.send('recordBeat', { params: { videoId }, body });
    if (status !== 202) throw new Error(`the beat was refused: ${JSON.stringify(problem)}`);
  }
}

async function totalsOf(videoId: string) {
  await world.flush();
  return (await world.guest().send('readVideoTotals', { params: { videoId } })).body;
}
