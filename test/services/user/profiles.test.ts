import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileUpdated, quotaChanged } from '#contracts';
import { recordMessages, type MessageRecorder } from '#test-support/message-recorder';
import { handled } from '#test-support/redelivery';
import {
  acquaintance,
  DEFAULT_QUOTA_BYTES,
  startUserStage,
  stranger,
  tellCreated,
  tellDeleted,
  type UserStage,
} from './running-user.ts';

let stage: UserStage;
let profiles: MessageRecorder<typeof profileUpdated>;
let quotas: MessageRecorder<typeof quotaChanged>;

beforeAll(async () => {
  stage = await startUserStage();
  profiles = await recordMessages(stage.others, profileUpdated);
  quotas = await recordMessages(stage.others, quotaChanged);
});

afterAll(async () => await stage.stop());

async function told(messageId: Promise<string>): Promise<void> {
  await handled(stage.running.service.db, await messageId);
}

describe('a profile', () => {
  it('comes with the account, and is told with its quota', async () => {
    const { client, userId, handle } = await acquaintance(stage);
    const { body } = await client.send('readMe');
    expect(body).toEqual({
      profile: {
        ...{ userId, handle, displayName: `Name of ${handle}`, bio: '', followers: 0, following: 0 },
        joinedAt: '2026-05-01T10:00:00.000Z',
      },
      role: 'user',
      quota: { limitBytes: DEFAULT_QUOTA_BYTES, usedBytes: 0 },
      settings: { theme: 'system', autoplay: true, keepHistory: true, defaultVisibility: 'public' },
    });
    expect(await profiles.first((data) => data.userId === userId)).toMatchObject({ version: 1, handle });
    expect(await quotas.first((data) => data.userId === userId)).toMatchObject({
      ...{ version: 1, limitBytes: DEFAULT_QUOTA_BYTES, usedBytes: 0 },
    });
  });

  it('is there for who signed up a moment ago, and completed by the news', async () => {
    const known = await stranger(stage);
    expect((await known.client.send('readMe')).body.profile.displayName).toBe(known.handle);
    await told(tellCreated(stage, known));
    const { body } = await known.client.send('readMe');
    expect(body.profile).toMatchObject({
      displayName: `Name of ${known.handle}`,
      joinedAt: '2026-05-01T10:00:00.000Z',
    });
    expect(await profiles.first((data) => data.userId === known.userId && data.version === 2)).toMatchObject({
      displayName: `Name of ${known.handle}`,
    });
  });

  it('keeps a name that its owner changed before the news came', async () => {
    const known = await stranger(stage);
    await known.client.send('changeMe', { body: { displayName: 'Chosen' } });
    await told(tellCreated(stage, known));
    expect((await known.client.send('readMe')).body.profile.displayName).toBe('Chosen');
  });

  it('gets its name from the news when its owner changed something else before', async () => {
    const known = await stranger(stage);
    await known.client.send('changeMe', { body: { bio: 'I was quick' } });
    await told(tellCreated(stage, known));
    expect((await known.client.send('readMe')).body.profile).toMatchObject({
      displayName: `Name of ${known.handle}`,
      bio: 'I was quick',
    });
  });

  it('is made once by many first calls at one moment', async () => {
    const { client, userId } = await stranger(stage);
    const answers = await Promise.all(Array.from({ length: 8 }, async () => await client.send('readMe')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await profiles.first((data) => data.userId === userId);
    expect(profiles.heard.filter((data) => data.userId === userId)).toHaveLength(1);
  });

  it('changes in part and is told; a change of nothing is not', async () => {
    const { client, userId, handle } = await acquaintance(stage);
    expect((await client.send('changeMe', { body: { bio: 'I film trees' } })).body).toMatchObject({
      ...{ bio: 'I film trees', displayName: `Name of ${handle}` },
    });
    await client.send('changeMe', { body: {} });
    await client.send('changeMe', { body: { displayName: ' Tree Person ' } });
    const last = await profiles.first((data) => data.userId === userId && data.version === 3);
    expect(last).toMatchObject({ displayName: 'Tree Person', bio: 'I film trees' });
    expect(profiles.heard.filter((data) => data.userId === userId).map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('refuses fields that are not its owner’s to set', async () => {
    const { client } = await acquaintance(stage);
    const body = { role: 'admin', handle: 'other' } as object;
    const { status, problem } = await client.send('changeMe', { body });
    expect(status).toBe(422);
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/handle', '/role']);
  });

  it('is found by its handle, by anybody, without what only its owner sees', async () => {
    const { handle, userId } = await acquaintance(stage);
    const visitor = await stranger(stage);
    visitor.client.cookie = '';
    const { body } = await visitor.client.send('readProfile', { params: { handle } });
    expect(Object.keys(body).sort()).toEqual([
      ...['bio', 'displayName', 'followedByMe', 'followers', 'following', 'handle', 'joinedAt', 'userId'],
    ]);
    expect(body).toMatchObject({ userId, followedByMe: false });
    expect((await visitor.client.send('readProfile', { params: { handle: 'nobody_here' } })).status).toBe(404);
    expect((await visitor.client.send('readProfile', { params: { handle: '..%2f..' } })).status).toBe(404);
  });
});

describe('settings', () => {
  it('change in part and stay otherwise', async () => {
    const { client } = await acquaintance(stage);
    const { body } = await client.send('changeSettings', { body: { theme: 'dark', keepHistory: false } });
    const wanted = { theme: 'dark', autoplay: true, keepHistory: false, defaultVisibility: 'public' };
    expect(body).toEqual(wanted);
    expect((await client.send('changeSettings', { body: {} })).body).toEqual(wanted);
    expect((await client.send('readSettings')).body).toEqual(wanted);
    expect((await client.send('changeSettings', { body: { theme: 'pink' as 'dark' } })).status).toBe(422);
  });
});

describe('a deleted account', () => {
  it('leaves no row, and none comes back by its session or by late news', async () => {
    const known = await acquaintance(stage);
    await known.client.send('recordHistoryEntry', {
      params: { videoId: crypto.randomUUID() },
      body: { positionSeconds: 1, durationSeconds: 2 },
    });
    const friend = await acquaintance(stage);
    await known.client.send('followUser', { params: { handle: friend.handle } });
    await friend.client.send('followUser', { params: { handle: known.handle } });
    await told(tellDeleted(stage, known, 3));
    expect((await known.client.send('readMe')).status).toBe(401);
    await told(tellCreated(stage, known, { times: 3 }));
    expect((await friend.client.send('readProfile', { params: { handle: known.handle } })).status).toBe(404);
    const { followers, following } = (await friend.client.send('readMe')).body.profile;
    expect({ followers, following }).toEqual({ followers: 0, following: 0 });
    const { db } = stage.running.service;
    for (const table of ['profile', 'settings', 'quota', 'watched'] as const) {
      const rows = await db.selectFrom(table).select('user_id').where('user_id', '=', known.userId).execute();
      expect(rows, table).toEqual([]);
    }
    const text = await stage.stores.postgres.sql(
      `select count(*) from "user".follow where '${known.userId}' in (follower_id, followee_id)`,
    );
    expect(text.trim()).toBe('0');
  });

  it('that was never told of stays away when the news of it comes late', async () => {
    const known = await stranger(stage);
    await told(tellDeleted(stage, known));
    await told(tellCreated(stage, known));
    expect((await known.client.send('readMe')).status).toBe(401);
  });
});
