import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handled } from '#test-support/redelivery';
import { acquaintance, startUserStage, tellGone, type Known, type UserStage } from './running-user.ts';

let stage: UserStage;

beforeAll(async () => {
  stage = await startUserStage({ HISTORY_MAX: '5' });
});

afterAll(async () => await stage.stop());

async function watch({ client }: Known, videoId: string, positionSeconds = 10): Promise<void> {
  const { status } = await client.send('recordHistoryEntry', {
    params: { videoId },
    body: { positionSeconds, durationSeconds: 100 },
  });
  expect(status).toBe(204);
}

async function historyOf({ client }: Known): Promise<string[]> {
  return (await client.send('listHistory')).body.items.map(({ videoId }) => videoId);
}

describe('the watch history', () => {
  it('says where to go on, to its owner alone', async () => {
    const [viewer, other] = [await acquaintance(stage), await acquaintance(stage)];
    const videoId = randomUUID();
    await watch(viewer, videoId, 12.5);
    await watch(viewer, videoId, 40.25);
    const { body } = await viewer.client.send('readHistoryEntry', { params: { videoId } });
    expect(body.entry).toMatchObject({ videoId, positionSeconds: 40.25, durationSeconds: 100 });
    expect((await other.client.send('readHistoryEntry', { params: { videoId } })).body).toEqual({ entry: null });
    expect(await historyOf(other)).toEqual([]);
    await other.client.send('forgetHistoryEntry', { params: { videoId } });
    await other.client.send('clearHistory');
    expect(await historyOf(viewer)).toEqual([videoId]);
  });

  it('has the latest first, in pages, and forgets what is beyond its length', async () => {
    const viewer = await acquaintance(stage);
    const videos = Array.from({ length: 7 }, () => randomUUID());
    for (const videoId of videos) await watch(viewer, videoId);
    await watch(viewer, videos[3] ?? '');
    const wanted = [videos[3], videos[6], videos[5], videos[4], videos[2]];
    expect(await historyOf(viewer)).toEqual(wanted);
    const first = await viewer.client.send('listHistory', { query: { limit: 3 } });
    expect(first.body.items.map(({ videoId }) => videoId)).toEqual(wanted.slice(0, 3));
    const cursor = first.body.nextCursor ?? undefined;
    const second = await viewer.client.send('listHistory', { query: { limit: 3, cursor } });
    expect(second.body).toMatchObject({ items: wanted.slice(3).map((videoId) => ({ videoId })), nextCursor: null });
  });

  it('forgets one or all on request, again without fault', async () => {
    const viewer = await acquaintance(stage);
    const [a, b] = [randomUUID(), randomUUID()];
    for (const videoId of [a, b]) await watch(viewer, videoId);
    for (const _ of [1, 2]) {
      expect((await viewer.client.send('forgetHistoryEntry', { params: { videoId: a } })).status).toBe(204);
    }
    expect(await historyOf(viewer)).toEqual([b]);
    for (const _ of [1, 2]) expect((await viewer.client.send('clearHistory')).status).toBe(204);
    expect(await historyOf(viewer)).toEqual([]);
  });

  it('remembers nothing for who wants that', async () => {
    const viewer = await acquaintance(stage);
    await viewer.client.send('changeSettings', { body: { keepHistory: false } });
    await watch(viewer, randomUUID());
    expect(await historyOf(viewer)).toEqual([]);
  });

  it('refuses times that cannot be', async () => {
    const viewer = await acquaintance(stage);
    const { status, problem } = await viewer.client.send('recordHistoryEntry', {
      params: { videoId: randomUUID() },
      body: { positionSeconds: -1, durationSeconds: Number.NaN },
    });
    expect(status).toBe(422);
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/positionSeconds', '/durationSeconds']);
  });

  it('forgets a video whose bytes are gone, in every history', async () => {
    const viewers = [await acquaintance(stage), await acquaintance(stage)];
    const videoId = randomUUID();
    for (const viewer of viewers) await watch(viewer, videoId);
    const gone = { videoId, ownerId: randomUUID(), quotaBytes: 1, second: 1 };
    await handled(stage.running.service.db, await tellGone(stage, gone));
    for (const viewer of viewers) expect(await historyOf(viewer)).toEqual([]);
  });
});
