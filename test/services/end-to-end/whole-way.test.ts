/** One story from sign-up to deletion, as a browser lives it, on one replica of each service and on two. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  authApi,
  LIVE_EVENTS,
  mediaApi,
  notifApi,
  queueApi,
  routePath,
  statsApi,
  userApi,
  videoApi,
  type Playback,
} from '#contracts';
import type { LocalPlatform } from '#local';
import { eventually } from '#test-support/eventually';
import { openEvents, type EventSourceClient } from '#test-support/event-source';
import { makeFilmClip } from '../../../demo/film-clip.ts';
import { createDraft, uploadFile, type CreatedVideo } from '../../../demo/film-upload.ts';
import { Member } from '../../../demo/member.ts';
import { cutUpload } from './cut-upload.ts';
import { newMember, startWholePlatform } from './whole-platform.ts';

const CLIP_SECONDS = 3;
const PROCESSING_MS = 90_000;

describe.each([1, 2])('with %i of each stateless service', (replicas) => {
  let platform: LocalPlatform;
  let ada: Member;
  let bob: Member;
  let file: Buffer;
  let created: CreatedVideo;
  let playback: Playback;
  let adasPage: EventSourceClient;
  let bobsPage: EventSourceClient;
  const pages: EventSourceClient[] = [];
  const byVideo = (): { videoId: string } => ({ videoId: created.video.videoId });
  const liveOf = async (member: Member): Promise<EventSourceClient> => {
    const page = await openEvents(`${platform.url}${routePath(notifApi, 'openStream')}`, member.headers);
    pages.push(page);
    return page;
  };

  beforeAll(async () => {
    file = await makeFilmClip({ picture: 'testsrc2', seconds: CLIP_SECONDS, size: '1280x720', bitRate: '6M' });
    platform = await startWholePlatform({ replicas });
  });

  afterAll(async () => {
    pages.forEach((page) => page.close());
    await platform.stop();
  });

  it('runs as many instances as asked, and of media one', () => {
    expect(platform.instancesOf('notif')).toHaveLength(replicas);
    expect(platform.instancesOf('auth')).toHaveLength(replicas);
    expect(platform.instancesOf('media')).toHaveLength(1);
  });

  it('signs people up and logs them in', async () => {
    [ada, bob] = [await newMember(platform, 'Ada'), await newMember(platform, 'Bob')];
    const { account } = await new Member(platform.url, ada.identity).logIn();
    expect(account).toMatchObject({ handle: ada.identity.handle, displayName: 'Ada', role: 'user' });
    const { items } = await ada.call(authApi, 'listSessions');
    expect(items.map(({ current }) => current)).toEqual([false, true]);
    adasPage = await liveOf(ada);
    await adasPage.next(({ name }) => name === 'hello');
    bobsPage = await liveOf(bob);
    await bobsPage.next(({ name }) => name === 'hello');
  });

  it('tells somebody of a new follower', async () => {
    await eventually(async () => {
      await bob.call(userApi, 'followUser', { params: { handle: ada.identity.handle } });
    });
    const { data } = await adasPage.next(({ name }) => name === 'notification');
    expect(LIVE_EVENTS.notification.parse(data).notification).toMatchObject({
      kind: 'followed',
      title: 'Bob follows you',
    });
  });

  it('takes an upload that is cut in the middle and gone on with', async () => {
    created = await createDraft(
      ada,
      { title: 'A moving picture', fileName: 'moving.mp4', tags: ['test'], visibility: 'public' },
      file,
    );
    expect(created.video.state).toBe('draft');
    expect(created.upload.url).toBe(`${platform.url}/api/media/uploads`);
    const { url, offset } = await cutUpload(ada, created, file);
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThan(file.length);
    const { items } = await ada.call(mediaApi, 'listMyUploads');
    expect(items).toMatchObject([{ ...byVideo(), fileName: 'moving.mp4', bytes: file.length, offset }]);
    await uploadFile(ada, created, file, { uploadUrl: url });
  });

  it('shows the progress of the job until the video is ready', async () => {
    const isReady = ({ name, data }: { name: string; data: unknown }): boolean =>
      name === 'notification' && LIVE_EVENTS.notification.parse(data).notification.kind === 'video_ready';
    await adasPage.next(isReady, PROCESSING_MS);
    const progress = adasPage.events
      .filter(({ name }) => name === 'progress')
      .map(({ data }) => LIVE_EVENTS.progress.parse(data));
    expect(progress.length).toBeGreaterThan(0);
    expect(new Set(progress.map(({ videoId }) => videoId))).toEqual(new Set([created.video.videoId]));
    const percents = progress.map(({ percent }) => percent);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    const { items } = await ada.call(queueApi, 'listMyJobs');
    expect(items).toMatchObject([{ ...byVideo(), run: 1, attempts: 1 }]);
    await eventually(async () => {
      const { state, attemptList } = await ada.call(queueApi, 'readJob', { params: { jobId: items[0]?.jobId ?? '' } });
      expect({ state, outcomes: attemptList.map(({ outcome }) => outcome) }).toEqual({
        state: 'done',
        outcomes: ['done'],
      });
    });
  });

  it('tells the follower, live and in the list', async () => {
    const { data } = await bobsPage.next(({ name }) => name === 'notification');
    const { notification, unread } = LIVE_EVENTS.notification.parse(data);
    expect(notification).toMatchObject({
      kind: 'video_published',
      ...byVideo(),
      title: 'Ada published “A moving picture”',
    });
    expect(unread).toBe(1);
    expect((await bob.call(notifApi, 'listNotifications')).items).toEqual([notification]);
    expect(await bob.call(notifApi, 'markAllRead', { body: { upTo: notification.id } })).toEqual({ unread: 0 });
    await bobsPage.next(({ name }) => name === 'unread');
  });

  it('lists the video, and shows its page', async () => {
    const detail = await bob.call(videoApi, 'readVideo', { params: byVideo() });
    expect(detail).toMatchObject({ state: 'ready', mine: false, owner: { displayName: 'Ada' } });
    expect(detail.durationSeconds).toBeCloseTo(CLIP_SECONDS, 0);
    if (detail.playback === null) throw new Error('a ready video has no playback');
    playback = detail.playback;
    for (const query of [{ q: 'moving' }, { tag: 'test' }, { ids: [created.video.videoId] }]) {
      const { items } = await bob.call(videoApi, 'listVideos', { query });
      expect(items.map(({ videoId }) => videoId)).toContain(created.video.videoId);
    }
    const { items } = await bob.call(videoApi, 'listFeed');
    expect(items.map(({ videoId }) => videoId)).toEqual([created.video.videoId]);
    const poster = await bob.send(detail.posterUrl ?? '');
    expect([poster.status, poster.headers['content-type']]).toEqual([200, 'image/jpeg']);
  });

  it('streams every segment of every rendition', async () => {
    const master = await bob.send(playback.masterUrl);
    expect([master.status, master.headers['content-type']]).toEqual([200, 'application/vnd.apple.mpegurl']);
    const playlists = linesOf(master.body);
    expect(playlists).toHaveLength(playback.renditions.length);
    const rates = [...master.body.toString().matchAll(/BANDWIDTH=(\d+)/g)].map(([, rate]) => rate);
    expect(new Set(rates).size).toBe(rates.length);
    for (const name of playlists) {
      const listUrl = new URL(name, `${platform.url}${playback.masterUrl}`);
      const list = await bob.send(listUrl.href);
      expect(list.status).toBe(200);
      const durations = [...list.body.toString().matchAll(/#EXTINF:([\d.]+)/g)].map(([, text]) => Number(text));
      expect(durations.reduce((sum, one) => sum + one, 0)).toBeCloseTo(CLIP_SECONDS, 0);
      for (const segment of linesOf(list.body)) {
        const bytes = await bob.send(new URL(segment, listUrl).href);
        expect(bytes.status).toBe(200);
        expect(bytes.headers['cache-control']).toContain('immutable');
        expect(bytes.body.length).toBeGreaterThan(0);
      }
    }
  });

  it('gives a range of the original', async () => {
    const { status, headers, body } = await bob.send(playback.originalUrl, { headers: { range: 'bytes=1000-1999' } });
    expect(status).toBe(206);
    expect(headers['content-range']).toBe(`bytes 1000-1999/${file.length}`);
    expect(body.equals(file.subarray(1000, 2000))).toBe(true);
    const beyond = await bob.send(playback.originalUrl, { headers: { range: `bytes=${file.length}-` } });
    expect(beyond.status).toBe(416);
  });

  it('counts views once a viewer, and shows them over time', async () => {
    const watch = async (member: Member): Promise<void> => {
      const playbackId = randomUUID();
      for (const sequence of [0, 1, 1]) {
        const body = { playbackId, sequence, watchedSeconds: 1.5, positionSeconds: 1.5 * (sequence + 1) };
        await eventually(async () => void (await member.call(statsApi, 'recordBeat', { params: byVideo(), body })));
      }
    };
    await watch(bob);
    await watch(bob);
    await watch(await newMember(platform, 'Eve'));
    await eventually(async () => {
      expect(await bob.call(statsApi, 'readVideoTotals', { params: byVideo() })).toMatchObject({
        views: 2,
        viewers: 2,
      });
    });
    // the last beats may come to the database after the views
    await eventually(async () => {
      const { points, totals } = await ada.call(statsApi, 'readVideoSeries', { params: byVideo(), query: { days: 7 } });
      expect(points).toHaveLength(7);
      // midnight may pass while it is watched
      expect(points.slice(-2).reduce((sum, { views }) => sum + views, 0)).toBe(2);
      expect(totals.watchSeconds).toBeCloseTo(9, 5);
    });
    await eventually(async () => {
      expect(await bob.call(videoApi, 'readVideo', { params: byVideo() })).toMatchObject({ views: 2 });
      const { items } = await bob.call(statsApi, 'listTrending');
      expect(items).toContainEqual({ ...byVideo(), recentViews: 2 });
    });
  });

  it('tells the owner of a comment and a like', async () => {
    await bob.call(videoApi, 'addComment', { params: byVideo(), body: { text: 'What moves there?' } });
    await bob.call(videoApi, 'likeVideo', { params: byVideo() });
    for (const [kind, body] of [
      ['video_commented', 'What moves there?'],
      ['video_liked', ''],
    ]) {
      const { data } = await adasPage.next(
        ({ name, data }) => name === 'notification' && LIVE_EVENTS.notification.parse(data).notification.kind === kind,
      );
      expect(LIVE_EVENTS.notification.parse(data).notification).toMatchObject({ body, actor: { displayName: 'Bob' } });
    }
    expect(adasPage.events.filter(({ id }) => id !== undefined).map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4']);
  });

  it('deletes the video with its bytes, and frees the storage', async () => {
    const { usedBytes } = await ada.call(userApi, 'readQuota');
    expect(usedBytes).toBe(file.length);
    await ada.call(videoApi, 'deleteVideo', { params: byVideo() });
    expect((await bob.ask(videoApi, 'readVideo', { params: byVideo() })).status).toBe(404);
    await eventually(async () => {
      for (const url of [playback.masterUrl, playback.originalUrl]) expect((await ada.send(url)).status).toBe(404);
      expect((await bob.ask(statsApi, 'readVideoTotals', { params: byVideo() })).status).toBe(404);
      expect((await ada.call(userApi, 'readQuota')).usedBytes).toBe(0);
    });
  });

  it('closes the pages of a session that logs out', async () => {
    await ada.call(authApi, 'logOut');
    const startedAt = performance.now();
    await adasPage.ended;
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(adasPage.events.at(-1)?.name).toBe('session-revoked');
  });

  it('keeps every instance under the memory limit of its manifest', () => {
    for (const { name } of platform.instances) {
      expect(platform.peakMemoryBytes(name), name).toBeLessThan(512 * 1024 * 1024);
    }
  });
});

function linesOf(playlist: Buffer): string[] {
  return playlist
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}
