/** NATS is away for a minute under a platform in use: nothing is lost, and what one did arrives in the order in which it was done. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import { notifApi, userApi, videoApi } from '#contracts';
import type { LocalPlatform } from '#local';
import { eventually } from '#test-support/eventually';
import type { Member } from '../../demo/member.ts';
import { newMember, startWholePlatform } from '../services/end-to-end/whole-platform.ts';

const OUTAGE_MS = 60_000;
const BACK_MS = 90_000;
const COMMENTS = 30;

describe('NATS away for 60 s', () => {
  let platform: LocalPlatform;
  let ada: Member;
  let bob: Member;

  beforeAll(async () => {
    platform = await startWholePlatform();
    [ada, bob] = [await newMember(platform, 'Ada'), await newMember(platform, 'Bob')];
  });

  afterAll(async () => {
    await platform.stop();
  });

  it('takes what people do, and delivers all of it in order when NATS is back', async () => {
    const { video } = await ada.call(videoApi, 'createVideo', {
      body: { title: 'Talked about', fileName: 'talk.mp4', bytes: 1000, visibility: 'public' },
    });
    const { nats } = platform.servers;
    if (nats === undefined) throw new Error('the platform runs no NATS');
    await nats.halt('SIGKILL');
    const startedAt = performance.now();

    await bob.call(userApi, 'followUser', { params: { handle: ada.identity.handle } });
    // a video that is not ready is its owner's alone, so it is the owner who talks
    for (let i = 0; i < COMMENTS; i++) {
      await ada.call(videoApi, 'changeVideo', {
        params: { videoId: video.videoId },
        body: { title: `Talked about ${i}` },
        headers: { 'if-match': await versionOf(video.videoId) },
      });
    }
    await pause(OUTAGE_MS - (performance.now() - startedAt));
    for (const { name, ready, reason } of platform.instances)
      expect({ name, ready, reason }).toEqual({ name, ready: true, reason: '' });
    await nats.start();

    await eventually(async () => {
      const { items } = await ada.call(notifApi, 'listNotifications');
      expect(items.filter(({ kind }) => kind === 'followed')).toHaveLength(1);
    }, BACK_MS);
    await eventually(async () => {
      for (const schema of ['user', 'video', 'auth']) {
        const waiting = await platform.servers.postgres?.sql(
          `select count(*)::int as n from "${schema}".outbox`,
          'video',
        );
        expect(JSON.stringify(waiting)).toMatch(/\b0\b/);
      }
    }, BACK_MS);
    expect(await ada.call(videoApi, 'readVideo', { params: { videoId: video.videoId } })).toMatchObject({
      title: `Talked about ${COMMENTS - 1}`,
    });
  }, 300_000);

  async function versionOf(videoId: string): Promise<string> {
    const { headers } = await ada.ask(videoApi, 'readVideo', { params: { videoId } });
    return headers['etag'] ?? '';
  }
});
