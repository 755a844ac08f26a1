import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statsApi, type Route } from '#contracts';
import { claimsOfRefusals } from '#test-support/refusal-claims';
import { TEST_ORIGIN } from '#test-support/service-stores';
import { beat, deletion, sight, someVideo, startStatsWorld, type StatsWorld } from './running-stats.ts';

let world: StatsWorld;

beforeAll(async () => {
  world = await startStatsWorld();
});

afterAll(async () => await world.stop());

const objectRoutes = Object.entries<Route>(statsApi.routes).filter(([, { path }]) => path.includes(':videoId'));

describe('every route of stats', () =>
  claimsOfRefusals(statsApi, () => ({ url: world.running.url, stores: world.stores })));

describe('another’s video', () => {
  it.each(objectRoutes)(
    '%s is 404 while it is private, and tells nothing that a missing one does not',
    async (_, route) => {
      const ann = await world.user();
      const { videoId } = await world.published({ ownerId: ann.userId, visibility: 'private' });
      const stranger = await world.user();
      for (const headers of [stranger.headers, {}]) {
        const expected = route.access === 'session' && !('cookie' in headers) ? 401 : 404;
        expect(await ask(route, videoId, headers)).toBe(expected);
        expect(await ask(route, randomUUID(), headers)).toBe(expected);
      }
      expect(await ask(route, videoId, ann.headers)).toBe(route.status);
    },
  );

  it.each(objectRoutes)('%s is 404 once it is deleted, for its owner too', async (_, route) => {
    const ann = await world.user();
    const video = await world.published({ ownerId: ann.userId });
    await world.tell(deletion(video));
    expect(await ask(route, video.videoId, ann.headers)).toBe(404);
  });

  it('has figures over time for its owner alone, public or not', async () => {
    const { videoId } = await world.published();
    const { client } = await world.user();
    expect((await client.send('readVideoSeries', { params: { videoId } })).status).toBe(404);
    expect((await client.send('readVideoTotals', { params: { videoId } })).status).toBe(200);
  });

  it('counts for everybody with its link while it is unlisted, and no more once it is private', async () => {
    const video = await world.published({ visibility: 'unlisted' });
    const request = { params: { videoId: video.videoId }, body: beat(0, 10) };
    expect((await world.guest().send('recordBeat', request)).status).toBe(202);
    await world.tell(sight(video, 'private', 7));
    expect((await world.guest().send('recordBeat', request)).status).toBe(404);
  });

  it('that was never published has no figures', async () => {
    const video = someVideo();
    await world.tell(sight(video, 'public', 2));
    expect((await world.guest().send('readVideoTotals', { params: { videoId: video.videoId } })).status).toBe(404);
  });
});

async function ask(route: Route, videoId: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const body = route.body === undefined ? {} : { body: JSON.stringify(beat(0, 5)) };
  const { status } = await fetch(`${world.running.url}/api/stats${route.path.replace(':videoId', videoId)}`, {
    method: route.method.toUpperCase(),
    headers: { ...headers, origin: TEST_ORIGIN, 'content-type': 'application/json' },
    ...body,
  });
  return status;
}
