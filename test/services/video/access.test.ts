import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { videoApi, type Route } from '#contracts';
import { claimsOfRefusals } from '#test-support/refusal-claims';
import { TEST_ORIGIN } from '#test-support/service-stores';
import { startVideoWorld, type VideoUser, type VideoWorld } from './running-video.ts';

let world: VideoWorld;
let ann: VideoUser;
let bob: VideoUser;

beforeAll(async () => {
  world = await startVideoWorld();
  ann = await world.user();
  bob = await world.user();
});

afterAll(async () => await world.stop());

const objectRoutes = Object.entries<Route>(videoApi.routes).filter(([, { path }]) => path.includes(':videoId'));
/** Bodies that each route would take, so that nothing but the right is missing. */
const BODIES: Readonly<Record<string, object>> = { changeVideo: { title: 'Mine' }, addComment: { text: 'hello' } };

describe('every route of video', () =>
  claimsOfRefusals(videoApi, () => ({ url: world.running.url, stores: world.stores })));

describe('another’s video', () => {
  it('has all its routes under this test', () => {
    expect(objectRoutes).toHaveLength(10);
  });

  it.each(objectRoutes)(
    '%s is 404 while it is private, and tells nothing that a missing one does not',
    async (id, route) => {
      const { videoId } = await world.ready(ann, { visibility: 'private' });
      const commentId = (await ann.client.send('addComment', { params: { videoId }, body: { text: 'mine' } })).body
        .commentId;
      const ask = async (video: string) => await call(id, route, bob.headers, { videoId: video, commentId });
      const present = await ask(videoId);
      expect(present).toEqual({ status: 404, code: 'not_found' });
      expect(present).toEqual(await ask(randomUUID()));
    },
  );

  it.each(objectRoutes)('%s is 404 while it is a draft, public or not', async (id, route) => {
    const { videoId } = await world.draft(ann, { visibility: 'public' });
    const answer = await call(id, route, bob.headers, { videoId, commentId: randomUUID() });
    expect(answer).toEqual({ status: 404, code: 'not_found' });
  });

  const changing = ['changeVideo', 'deleteVideo', 'renewUpload'];
  it.each(objectRoutes.filter(([id]) => changing.includes(id)))(
    '%s is 404 even when it is public',
    async (id, route) => {
      const { videoId } = await world.ready(ann);
      expect((await call(id, route, bob.headers, { videoId, commentId: '' })).status).toBe(404);
    },
  );

  it('is in no list while it is private or unlisted, and unlisted opens by its link', async () => {
    const tag = `t${randomUUID().slice(0, 8)}`;
    const hidden = await world.ready(ann, { visibility: 'private', tags: [tag] });
    const unlisted = await world.ready(ann, { visibility: 'unlisted', tags: [tag] });
    const params = { videoId: unlisted.videoId };
    expect((await world.guest.send('readVideo', { params })).status).toBe(200);
    expect((await bob.client.send('listVideos', { query: { tag } })).body.items).toEqual([]);
    const ids = [hidden.videoId, unlisted.videoId];
    const given = async (who: VideoUser['client']) =>
      (await who.send('listVideos', { query: { ids } })).body.items.map(({ videoId }) => videoId);
    expect(await given(bob.client)).toEqual([unlisted.videoId]);
    expect(await given(ann.client)).toEqual(ids);
    expect(await given(world.guest)).toEqual([unlisted.videoId]);
  });

  it('shows its owner’s list to its owner alone', async () => {
    await world.draft(ann);
    const { body } = await bob.client.send('listMyVideos');
    expect(body.items).toEqual([]);
  });
});

async function call(
  id: string,
  route: Route,
  headers: Readonly<Record<string, string>>,
  params: { readonly videoId: string; readonly commentId: string },
): Promise<{ status: number; code: string | undefined }> {
  const path = route.path.replace(':videoId', params.videoId).replace(':commentId', params.commentId);
  const body = BODIES[id];
  const answer = await fetch(`${world.running.url}/api/video${path}`, {
    method: route.method.toUpperCase(),
    headers: {
      ...headers,
      origin: TEST_ORIGIN,
      ...(route.concurrency === 'if-match' ? { 'if-match': '"v2"' } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { code } = (await answer.json()) as { readonly code?: string };
  return { status: answer.status, code };
}
