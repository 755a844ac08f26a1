import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followed, unfollowed } from '#contracts';
import { readAudience } from '#services/user/use-cases/read-audience';
import { recordMessages, type MessageRecorder } from '#test-support/message-recorder';
import { handled } from '#test-support/redelivery';
import { acquaintance, startUserStage, tellDeleted, type Known, type UserStage } from './running-user.ts';

let stage: UserStage;
let begun: MessageRecorder<typeof followed>;
let ended: MessageRecorder<typeof unfollowed>;

beforeAll(async () => {
  stage = await startUserStage();
  begun = await recordMessages(stage.others, followed);
  ended = await recordMessages(stage.others, unfollowed);
});

afterAll(async () => await stage.stop());

async function people(count: number): Promise<Known[]> {
  return await Promise.all(Array.from({ length: count }, async () => await acquaintance(stage)));
}

async function pair(): Promise<[Known, Known]> {
  const [a, b] = await people(2);
  if (a === undefined || b === undefined) throw new Error('two people were asked for');
  return [a, b];
}

describe('following', () => {
  it('is told once with the follower’s name, however often it is asked for', async () => {
    const [fan, star] = await pair();
    const params = { handle: star.handle };
    const answers = await Promise.all([1, 2, 3].map(async () => await fan.client.send('followUser', { params })));
    for (const { body } of answers) expect(body).toEqual({ following: true, followers: 1 });
    expect(await begun.first(({ followeeId }) => followeeId === star.userId)).toMatchObject({
      ...{
        followerId: fan.userId,
        followerHandle: fan.handle,
        followerDisplayName: `Name of ${fan.handle}`,
        version: 1,
      },
    });
    await fan.client.send('unfollowUser', { params });
    await ended.first(({ followeeId }) => followeeId === star.userId);
    expect(begun.heard.filter(({ followeeId }) => followeeId === star.userId)).toHaveLength(1);
  });

  it('counts the changes of a pair over end and new beginning', async () => {
    const [fan, star] = await pair();
    const params = { handle: star.handle };
    await fan.client.send('followUser', { params });
    expect((await fan.client.send('unfollowUser', { params })).body).toEqual({ following: false, followers: 0 });
    expect((await fan.client.send('unfollowUser', { params })).body).toEqual({ following: false, followers: 0 });
    await fan.client.send('followUser', { params });
    const mine = (data: { readonly followeeId: string }): boolean => data.followeeId === star.userId;
    await begun.first((data) => mine(data) && data.version === 3);
    expect(begun.heard.filter(mine).map(({ version }) => version)).toEqual([1, 3]);
    expect(ended.heard.filter(mine).map(({ version }) => version)).toEqual([2]);
    expect((await fan.client.send('readProfile', { params })).body).toMatchObject({ followedByMe: true, followers: 1 });
    expect((await star.client.send('readProfile', { params })).body.followedByMe).toBe(false);
  });

  it('of oneself is a conflict, of nobody is not found', async () => {
    const [fan] = await pair();
    expect((await fan.client.send('followUser', { params: { handle: fan.handle } })).status).toBe(409);
    expect((await fan.client.send('followUser', { params: { handle: 'nobody_here' } })).status).toBe(404);
    expect((await fan.client.send('unfollowUser', { params: { handle: 'nobody_here' } })).status).toBe(404);
  });

  it('is listed from both sides in pages, the latest first, each once', async () => {
    const [star, ...fans] = await people(6);
    if (star === undefined) throw new Error('six people were asked for');
    for (const fan of fans) await fan.client.send('followUser', { params: { handle: star.handle } });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await star.client.send('listFollowers', {
        params: { handle: star.handle },
        query: { limit: 2, cursor },
      });
      seen.push(...body.items.map(({ handle }) => handle));
      cursor = body.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(fans.map(({ handle }) => handle).reverse());
    const [fan] = fans;
    const { body } = await star.client.send('listFollowing', { params: { handle: fan?.handle ?? '' } });
    expect(body.items.map(({ userId }) => userId)).toEqual([star.userId]);
    const wrong = { params: { handle: star.handle }, query: { cursor: 'made-up' } };
    expect((await star.client.send('listFollowers', wrong)).status).toBe(422);
  });
});

describe('the audience', () => {
  it('counts who came and who left in the period and in the one before', async () => {
    const [star, ...fans] = await people(5);
    if (star === undefined) throw new Error('five people were asked for');
    for (const fan of fans) await fan.client.send('followUser', { params: { handle: star.handle } });
    await fans[0]?.client.send('unfollowUser', { params: { handle: star.handle } });
    if (fans[1]) await handled(stage.running.service.db, await tellDeleted(stage, fans[1], 3));
    expect((await star.client.send('readAudience')).body).toEqual({ followers: 2, gained: 2, previouslyGained: 0 });
    const later = new Date(Date.now() + 7 * 86_400_000);
    expect(await readAudience(stage.running.service, { userId: star.userId, days: 7, now: later })).toEqual({
      ...{ followers: 2, gained: 0, previouslyGained: 2 },
    });
    expect(await readAudience(stage.running.service, { userId: star.userId, days: 28, now: later })).toMatchObject({
      gained: 2,
    });
  });
});
