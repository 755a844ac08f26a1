import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewsRolled } from '#contracts';
import { startService } from '#runtime';
import { stats } from '#catalog';
import { definition as statsDefinition } from '#services/stats/definition';
import { applyBatch } from '#services/stats/use-cases/apply-batch';
import { recordMessages } from '#test-support/message-recorder';
import { beat, deletion, startStatsWorld, type PublishedVideo, type StatsWorld } from './running-stats.ts';

let world: StatsWorld;

beforeAll(async () => {
  world = await startStatsWorld();
});

afterAll(async () => await world.stop());

describe('a batch', () => {
  it('is applied once by many who flush at the same time, in two processes', async () => {
    const videos = [await world.published(), await world.published(), await world.published()];
    const env = world.stores.env(stats, { RATE_LIMIT: '1000000', FLUSH_S: '0.01', POD_NAME: 'stats-1' });
    const second = await startService(statsDefinition, { env, port: 0 });
    let applied = 0;
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(videos.map(async (video) => await view(video)));
      for (const batches of await Promise.all([1, 2, 3].map(async () => await world.flush()))) applied += batches;
    }
    await second.stop();
    await world.flush();
    for (const { videoId } of videos) expect(await totalsOf(videoId)).toMatchObject({ views: 10, watchSeconds: 100 });
    expect(applied).toBeLessThanOrEqual(10);
    expect(await world.stores.adminRedis.keys('stats:batch*')).toEqual([]);
  });

  it('is applied once when the process was killed after the commit', async () => {
    const video = await world.published();
    await view(video);
    const [id = ''] = await world.buffer.take();
    const batch = await world.buffer.read(id);
    if (batch === undefined) throw new Error('the batch is gone');
    expect(await applyBatch(world.running.service, { batch, at: new Date() })).toBe(true);
    expect(await world.flush()).toBe(0);
    expect(await totalsOf(video.videoId)).toMatchObject({ views: 1 });
    expect(await world.buffer.take()).toEqual([]);
  });

  it('is applied by the next flush when the process was killed before the commit', async () => {
    const video = await world.published();
    await view(video);
    expect(await world.buffer.take()).toHaveLength(1);
    await view(video);
    expect(await world.flush()).toBe(2);
    expect(await totalsOf(video.videoId)).toMatchObject({ views: 2 });
  });

  it('stays in Redis when PostgreSQL refuses it, whole, and is applied later', async () => {
    const [one, two] = [await world.published(), await world.published()];
    await Promise.all([view(one), view(two)]);
    const sql = async (text: string) => await world.stores.postgres.sql(text, 'video');
    await sql('alter table stats.figure add constraint closed check (views = 0) not valid');
    await expect(world.flush()).rejects.toThrow('closed');
    await sql('alter table stats.figure drop constraint closed');
    expect(await totalsOf(one.videoId)).toMatchObject({ views: 0 });
    expect(await world.flush()).toBe(1);
    for (const { videoId } of [one, two]) expect(await totalsOf(videoId)).toMatchObject({ views: 1 });
  });

  it('is not applied again when Redis comes back a second younger', async () => {
    const video = await world.published();
    await view(video);
    const redis = world.stores.adminRedis;
    const before = await redis.dumpBuffer('stats:buffer');
    await world.flush();
    await redis.restore('stats:buffer', 0, before);
    expect(await world.flush()).toBe(0);
    expect(await totalsOf(video.videoId)).toMatchObject({ views: 1 });
  });

  it('leaves out videos that were deleted in the meantime', async () => {
    const [gone, here] = [await world.published(), await world.published()];
    await Promise.all([view(gone), view(here)]);
    await world.tell(deletion(gone));
    expect(await world.flush()).toBe(1);
    expect(await totalsOf(here.videoId)).toMatchObject({ views: 1 });
    const rows = await world.running.service.db.selectFrom('figure').where('video_id', '=', gone.videoId).execute();
    expect(rows).toEqual([]);
  });

  it('is told with absolute totals and a version that grows', async () => {
    const rolled = await recordMessages(world.link, viewsRolled);
    const video = await world.published();
    await Promise.all([view(video), view(video)]);
    await world.flush();
    await view(video);
    await world.flush();
    const { videoId, ownerId } = video;
    const about = (version: number) =>
      rolled.first(({ videos }) => videos.some((one) => one.videoId === videoId && one.version === version));
    expect((await about(1)).videos).toEqual([
      { videoId, ownerId, version: 1, views: 2, watchSeconds: 20, totalViews: 2 },
    ]);
    expect((await about(2)).videos).toEqual([
      { videoId, ownerId, version: 2, views: 1, watchSeconds: 10, totalViews: 3 },
    ]);
    await world.flush();
    expect(rolled.heard).toHaveLength(2);
  });

  it('is flushed a last time when the service ends', async () => {
    const env = world.stores.env(stats, { FLUSH_S: '3600', POD_NAME: 'stats-2' });
    const second = await startService(statsDefinition, { env, port: 0 });
    const video = await world.published();
    await view(video);
    await second.stop();
    expect(await totalsOf(video.videoId)).toMatchObject({ views: 1 });
  });
});

/** A view by somebody new. */
async function view({ videoId }: PublishedVideo): Promise<void> {
  const body = beat(0, 10, randomUUID());
  const { status } = await world.guest().send('recordBeat', { params: { videoId }, body });
  expect(status).toBe(202);
}

async function totalsOf(videoId: string) {
  return (await world.guest().send('readVideoTotals', { params: { videoId } })).body;
}
