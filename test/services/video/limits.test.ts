import { afterAll, beforeAll, expect, it } from 'vitest';
import { startVideoWorld, type VideoUser, type VideoWorld } from './running-video.ts';

let world: VideoWorld;
let ann: VideoUser;

beforeAll(async () => {
  world = await startVideoWorld({ COMMENT_LIMIT: '2', LIKE_LIMIT: '3' });
  ann = await world.user({ handle: 'ann' });
});

afterAll(async () => await world.stop());

it('an account may comment so often and no more, on whichever video, while others go on', async () => {
  const [first, second] = [await world.ready(ann), await world.ready(ann)];
  const bob = await world.user();
  const comment = async (who: VideoUser, { videoId }: typeof first) =>
    await who.client.send('addComment', { params: { videoId }, body: { text: 'hm' } });
  expect([(await comment(bob, first)).status, (await comment(bob, second)).status]).toEqual([201, 201]);
  const refused = await comment(bob, first);
  expect([refused.status, refused.problem.code]).toEqual([429, 'rate_limited']);
  expect(refused.problem.retryAfterSeconds).toBeGreaterThan(0);
  expect((await comment(ann, first)).status).toBe(201);
});

it('likes and unlikes count together', async () => {
  const { videoId } = await world.ready(ann);
  const params = { videoId };
  const bob = await world.user();
  const statuses = [];
  for (const operation of ['likeVideo', 'unlikeVideo', 'likeVideo', 'unlikeVideo'] as const) {
    statuses.push((await bob.client.send(operation, { params })).status);
  }
  expect(statuses).toEqual([200, 200, 200, 429]);
});
