import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningRedis } from '#local';
import { SessionWriter } from '#runtime';
import { findSession, sessionKey } from '#runtime/sessions/stored-session';
import { sessionSchema, type Session } from '#services/platform';
import { eventually } from '#test-support/eventually';
import { startRedis } from '#test-support/redis';

const ACL = [
  'user default off',
  'user auth on >auth-password ~session:* +@all -@admin',
  'user video on >video-password %R~session:* ~video:* +@all -@admin',
].join('\n');

let server: RunningRedis;
let auth: Redis;
let video: Redis;
let writer: SessionWriter<Session>;

beforeAll(async () => {
  server = await startRedis({ acl: `${ACL}\n` });
  auth = new Redis(server.url, { username: 'auth', password: 'auth-password' });
  video = new Redis(server.url, { username: 'video', password: 'video-password' });
  writer = new SessionWriter(auth, sessionSchema, { idleSeconds: 100, absoluteSeconds: 150 });
});

afterAll(async () => {
  auth.disconnect();
  video.disconnect();
  await server.stop();
});

function owner(userId: string = randomUUID()) {
  return { userId, handle: 'ann', role: 'user' as const, userAgent: 'a browser' };
}

describe('sessions', () => {
  it('are read by every service and written by auth alone', async () => {
    const { session, secret } = await writer.create(owner());
    expect(await findSession(video, sessionSchema, secret)).toEqual(session);
    const forged = new SessionWriter(video, sessionSchema, { idleSeconds: 100, absoluteSeconds: 150 });
    await expect(forged.create(owner())).rejects.toThrow(/NOPERM|EXECABORT/);
    await expect(forged.rotate(secret)).rejects.toThrow(/NOPERM|EXECABORT/);
    expect(await findSession(video, sessionSchema, secret)).toEqual(session);
  });

  it('keep no secret in Redis, and one that is not well formed asks nothing', async () => {
    const { secret, session } = await writer.create(owner());
    const text = await auth.get(sessionKey(secret));
    expect(text).not.toContain(secret);
    expect(sessionKey(secret)).toMatch(/^session:[0-9a-f]{64}$/);
    for (const wrong of [undefined, '', 'x', `${secret}x`, `user:${session.userId}`, '*']) {
      expect(await writer.find(wrong)).toBeUndefined();
    }
  });

  it('rotate to a new secret under the same public id; the old secret holds no more', async () => {
    const first = await writer.create(owner());
    const second = await writer.rotate(first.secret);
    expect(second?.session.sessionId).toBe(first.session.sessionId);
    expect(second?.secret).not.toBe(first.secret);
    expect(await writer.find(first.secret)).toBeUndefined();
    expect(await writer.find(second?.secret)).toBeDefined();
    expect(await writer.rotate(first.secret)).toBeUndefined();
    expect(await writer.list(first.session.userId)).toHaveLength(1);
  });

  it('rotate once when asked twice at the same moment', async () => {
    const { secret, session } = await writer.create(owner());
    const both = await Promise.all([writer.rotate(secret), writer.rotate(secret)]);
    expect(both.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await writer.list(session.userId)).toHaveLength(1);
  });

  it('are listed and revoked by user: one, or all but one', async () => {
    const userId = randomUUID();
    const opened = [];
    for (let i = 0; i < 3; i++) opened.push(await writer.create(owner(userId)));
    const other = await writer.create(owner());
    const [one, two, three] = opened.map(({ session }) => session.sessionId);
    expect(await writer.revoke(userId, { only: [one ?? ''] })).toEqual([one]);
    expect((await writer.list(userId)).map(({ sessionId }) => sessionId).sort()).toEqual([two, three].sort());
    expect(await writer.revoke(userId, { except: three ?? '' })).toEqual([two]);
    expect(await writer.find(opened[1]?.secret)).toBeUndefined();
    expect(await writer.find(opened[2]?.secret)).toBeDefined();
    expect(await writer.revoke(userId, {})).toEqual([three]);
    expect(await writer.find(other.secret)).toBeDefined();
  });

  it('do not come back when they are touched while they are revoked', async () => {
    const { secret, session } = await writer.create(owner());
    await Promise.all([writer.touch(secret), writer.revoke(session.userId, {}), writer.touch(secret)]);
    expect(await writer.find(secret)).toBeUndefined();
    expect(await writer.touch(secret)).toBeUndefined();
  });

  it('end when nothing is done, later when touched, and never live beyond their absolute end', async () => {
    let now = new Date();
    const short = new SessionWriter(auth, sessionSchema, { idleSeconds: 1, absoluteSeconds: 1.5, now: () => now });
    const { secret, session } = await short.create(owner());
    expect(Date.parse(session.idleExpiresAt) - now.getTime()).toBe(1000);
    now = new Date(now.getTime() + 900);
    const touched = await short.touch(secret);
    expect(touched?.idleExpiresAt).toBe(session.expiresAt);
    await eventually(async () => expect(await short.find(secret)).toBeUndefined(), 3000);
    expect(await short.list(session.userId)).toEqual([]);
  });
});
