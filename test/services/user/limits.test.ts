import { afterAll, beforeAll, expect, it } from 'vitest';
import { acquaintance, startUserStage, type UserStage } from './running-user.ts';

let stage: UserStage;

beforeAll(async () => {
  stage = await startUserStage({ FOLLOW_LIMIT: '3' });
});

afterAll(async () => await stage.stop());

it('an account may follow and unfollow so often and no more, while others go on', async () => {
  const [ann, bob, eve] = [await acquaintance(stage), await acquaintance(stage), await acquaintance(stage)];
  const params = { handle: ann.handle };
  const statuses = [];
  for (const operation of ['followUser', 'unfollowUser', 'followUser', 'unfollowUser'] as const) {
    statuses.push((await bob.client.send(operation, { params })).status);
  }
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect((await eve.client.send('followUser', { params })).status).toBe(200);
});
