/** The stores stop and come back under the running platform; what was promised before, between and after is kept. */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authApi, notifApi, userApi, videoApi } from '#contracts';
import type { LocalPlatform } from '#local';
import { eventually } from '#test-support/eventually';
import type { Member } from '../../../demo/member.ts';
import { newMember, startWholePlatform } from '../end-to-end/whole-platform.ts';

const BACK_MS = 60_000;

describe('a store that stops', () => {
  let platform: LocalPlatform;
  let ada: Member;
  let bob: Member;
  const data = mkdtempSync(join(tmpdir(), 'store-faults-'));
  const server = (name: 'postgres' | 'redis' | 'nats') => {
    const found = platform.servers[name];
    if (found === undefined) throw new Error(`the platform runs no ${name}`);
    return found;
  };

  beforeAll(async () => {
    // PostgreSQL runs as another user when the tests run as root
    chmodSync(data, 0o711);
    platform = await startWholePlatform({ data });
    ada = await newMember(platform, 'Ada');
    bob = await newMember(platform, 'Bob');
    await eventually(async () => {
      await bob.call(userApi, 'readProfile', { params: { handle: ada.identity.handle } });
    });
  });

  afterAll(async () => {
    await platform.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const follow = async () => await bob.call(userApi, 'followUser', { params: { handle: ada.identity.handle } });
  const unfollow = async () => await bob.call(userApi, 'unfollowUser', { params: { handle: ada.identity.handle } });
  const followNews = async () =>
    (await ada.call(notifApi, 'listNotifications')).items.filter(({ kind }) => kind === 'followed').length;

  it('Redis: log-in and sessions answer 503, what needs no session goes on, and all is well when it is back', async () => {
    await server('redis').halt();
    const login = await ada.ask(authApi, 'logIn', {
      body: { login: ada.identity.handle, password: ada.identity.password },
    });
    expect(login.status).toBe(503);
    expect(JSON.parse(login.body.toString())).toMatchObject({ code: 'unavailable' });
    expect(login.headers['retry-after']).toBeDefined();
    expect((await ada.ask(videoApi, 'listMyVideos')).status).toBe(503);
    await server('redis').start();
    await eventually(async () => {
      await ada.call(authApi, 'logIn', { body: { login: ada.identity.handle, password: ada.identity.password } });
      await ada.call(videoApi, 'listMyVideos');
    }, BACK_MS);
  });

  it('NATS: changes are taken while it is away and arrive when it is back, each once', async () => {
    await server('nats').halt();
    await follow();
    await unfollow();
    await follow();
    expect(await followNews()).toBe(0);
    await server('nats').start();
    await eventually(async () => {
      expect(await followNews()).toBeGreaterThan(0);
    }, BACK_MS);
    const audience = await ada.call(userApi, 'readProfile', { params: { handle: ada.identity.handle } });
    expect(audience).toMatchObject({ followers: 1 });
  });

  it('PostgreSQL: requests are refused with 503 while it is away, and served again after', async () => {
    await server('postgres').halt();
    expect((await bob.ask(videoApi, 'listVideos')).status).toBe(503);
    await server('postgres').start();
    await eventually(async () => {
      await bob.call(videoApi, 'listVideos');
      await ada.call(authApi, 'readSession');
    }, BACK_MS);
    await unfollow();
    const before = await followNews();
    await follow();
    await eventually(async () => {
      expect(await followNews()).toBeGreaterThanOrEqual(before);
      expect((await ada.call(notifApi, 'listNotifications')).items[0]).toMatchObject({ kind: 'followed' });
    }, BACK_MS);
  });

  it('a stream that is lost is made again, and its consumers come back', async () => {
    await server('nats').halt();
    const events = streamFolders(data).filter((folder) => folder.endsWith('EVENTS'));
    expect(events).toHaveLength(1);
    for (const folder of events) rmSync(folder, { recursive: true });
    await server('nats').start();

    const video = await ada.call(videoApi, 'createVideo', {
      body: { title: 'After the loss', fileName: 'a.mp4', bytes: 1000, visibility: 'private' },
    });
    const newcomer = await newMember(platform, 'Cleo');
    await eventually(async () => {
      // the profile is a projection of an event that auth published after the loss
      await bob.call(userApi, 'readProfile', { params: { handle: newcomer.identity.handle } });
    }, BACK_MS);
    expect(video.video.state).toBe('draft');
  });
});

/** Folders of streams below a store, wherever the account's folder lies. */
function streamFolders(root: string): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    const path = join(root, entry.name);
    if (!entry.isDirectory()) return [];
    return /^(JOBS|EVENTS|DLQ|ADVISORY)$/.test(entry.name) ? [path] : streamFolders(path);
  });
}
