import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#test-support/eventually';
import { startVideoWorld, type VideoUser, type VideoWorld } from './running-video.ts';

let world: VideoWorld;
let ann: VideoUser;

beforeAll(async () => {
  world = await startVideoWorld();
  ann = await world.user();
});

afterAll(async () => await world.stop());

describe('without NATS', () => {
  it('drafts are made and changed, and what is to be told is told in order when NATS is back', async () => {
    const { nats } = world.stores;
    await nats.halt();
    const { videoId } = await world.draft(ann, { title: '0' });
    for (const version of [1, 2, 3]) {
      const headers = { 'if-match': `"v${version}"` };
      const body = { title: String(version) };
      expect((await ann.client.send('changeVideo', { params: { videoId }, body, headers })).status).toBe(200);
    }
    await nats.start();
    const link = await world.stores.adminNats();
    await eventually(async () => {
      const left = await world.running.service.db.selectFrom('outbox').selectAll().execute();
      expect(left).toEqual([]);
    }, 20_000);
    const manager = await link.connection.jetstreamManager({ checkAPI: false });
    const { messages, last_seq } = (await manager.streams.info('EVENTS')).state;
    const told: unknown[] = [];
    for (let seq = last_seq - messages + 1; seq <= last_seq; seq += 1) {
      const stored = await manager.streams.getMessage('EVENTS', { seq });
      const { data } = stored.json<{ readonly data: { readonly videoId: string; readonly title: string } }>();
      if (data.videoId === videoId) told.push(data.title);
    }
    expect(told).toEqual(['0', '1', '2', '3']);
  });
});

describe('without Redis', () => {
  it('readers without a session go on, and a session cannot be looked up', async () => {
    const { videoId } = await world.ready(ann);
    await world.stores.redis.halt();
    expect((await world.guest.send('readVideo', { params: { videoId } })).status).toBe(200);
    const { status, problem } = await ann.client.send('readVideo', { params: { videoId } });
    expect([status, problem.code, problem.dependency]).toEqual([503, 'unavailable', 'redis']);
    await world.stores.redis.start();
    const eve = await world.user();
    await eventually(async () => {
      expect((await eve.client.send('readVideo', { params: { videoId } })).status).toBe(200);
    });
  });
});

describe('without PostgreSQL', () => {
  it('every route says so without internals, and goes on when it is back', async () => {
    await world.stores.postgres.halt();
    const { status, problem, headers } = await world.guest.send('listVideos');
    expect([status, problem.dependency, headers.get('retry-after')]).toEqual([503, 'postgres', '2']);
    expect(JSON.stringify(problem)).not.toMatch(/127\.0\.0\.1|ECONN|select/);
    await world.stores.postgres.start();
    await eventually(async () => expect((await world.guest.send('listVideos')).status).toBe(200), 20_000);
  });
});
