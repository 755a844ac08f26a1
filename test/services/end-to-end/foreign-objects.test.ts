/** What is somebody's own is not there for anybody else: each route that names an object answers 404, its bytes included. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  APIS,
  LIVE_EVENTS,
  mediaApi,
  notifApi,
  queueApi,
  routePath,
  TUS_MEDIA_TYPE,
  TUS_VERSION,
  videoApi,
} from '#contracts';
import type { Api, OperationOf, Playback, Route } from '#contracts';
import type { LocalPlatform } from '#local';
import { eventually } from '#test-support/eventually';
import { openEvents } from '#test-support/event-source';
import { makeFilmClip } from '../../../demo/film-clip.ts';
import { createDraft, uploadFile } from '../../../demo/film-upload.ts';
import { send, type Answer, type Member } from '../../../demo/member.ts';
import { cutUpload } from './cut-upload.ts';
import { newMember, startWholePlatform } from './whole-platform.ts';

const PROCESSING_MS = 90_000;

let platform: LocalPlatform;
let ada: Member;
let bob: Member;
/** Ada's private objects, by the name that the parameter of a path has. */
let own: Readonly<Record<string, string>>;
let playback: Playback;

beforeAll(async () => {
  const file = await makeFilmClip({ picture: 'testsrc2', seconds: 2, bitRate: '3M' });
  platform = await startWholePlatform();
  [ada, bob] = [await newMember(platform, 'Ada'), await newMember(platform, 'Bob')];
  const page = await openEvents(`${platform.url}${routePath(notifApi, 'openStream')}`, ada.headers);
  const film = await createDraft(ada, { title: 'Only mine', fileName: 'mine.mp4' }, file);
  await uploadFile(ada, film, file);
  const { videoId } = film.video;
  const draft = await createDraft(ada, { title: 'Not yet', fileName: 'draft.mp4' }, file);
  const cut = await cutUpload(ada, draft, file);
  await page.next(
    ({ name, data }) =>
      name === 'notification' && LIVE_EVENTS.notification.parse(data).notification.kind === 'video_ready',
    PROCESSING_MS,
  );
  page.close();
  const detail = await ada.call(videoApi, 'readVideo', { params: { videoId } });
  if (detail.playback === null) throw new Error('a ready video has no playback');
  ({ playback } = detail);
  const comment = await ada.call(videoApi, 'addComment', { params: { videoId }, body: { text: 'to myself' } });
  const jobs = await ada.call(queueApi, 'listMyJobs');
  const segmentPath = await firstSegment();
  const [rendition = '', segment = ''] = segmentPath.split('/').slice(-2);
  own = {
    videoId,
    uploadId: cut.url.split('/').at(-1) ?? '',
    jobId: jobs.items[0]?.jobId ?? '',
    commentId: comment.commentId,
    notificationId: '1',
    revision: playback.revision,
    rendition,
    segment,
  };
});

afterAll(async () => await platform.stop());

async function firstSegment(): Promise<string> {
  const lines = async (url: string): Promise<string[]> =>
    (await ada.send(url)).body
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  const list = new URL((await lines(playback.masterUrl))[0] ?? '', `${platform.url}${playback.masterUrl}`);
  return new URL((await lines(list.pathname))[0] ?? '', list).pathname;
}

/** Routes that name an object which is nobody's private one, and why. */
const NOT_PRIVATE: Readonly<Record<string, string>> = {
  'auth revokeSession': 'tested by itself: the sessions of both have ids',
  'user readProfile': 'profiles are public',
  'user followUser': 'profiles are public',
  'user unfollowUser': 'profiles are public',
  'user listFollowers': 'profiles are public',
  'user listFollowing': 'profiles are public',
  'user readHistoryEntry': 'the history is the caller’s own',
  'user recordHistoryEntry': 'the history is the caller’s own',
  'user forgetHistoryEntry': 'the history is the caller’s own',
  'user changeQuota': 'administrators only, tested by itself',
  'video listChannel': 'shows public videos alone, tested by itself',
  'queue readDeadLetter': 'administrators only, tested by itself',
  'queue redriveDeadLetter': 'administrators only, tested by itself',
};

/** Right bodies, so that a refusal is for whose the object is and nothing else. */
const BODIES: Readonly<Record<string, unknown>> = {
  'video changeVideo': { title: 'Now Bob’s' },
  'video addComment': { text: 'hello' },
  'stats recordBeat': { playbackId: randomUUID(), sequence: 0, watchedSeconds: 1, positionSeconds: 1 },
};

const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'video changeVideo': { 'if-match': '"v1"' },
  'media appendUpload': { 'content-type': TUS_MEDIA_TYPE, 'upload-offset': '0', 'tus-resumable': TUS_VERSION },
  'media readUploadOffset': { 'tus-resumable': TUS_VERSION },
  'media abortUpload': { 'tus-resumable': TUS_VERSION },
};

interface ObjectRoute {
  readonly name: string;
  readonly api: Api;
  readonly operation: string;
  readonly route: Route;
}

const objectRoutes: readonly ObjectRoute[] = Object.values<Api>(APIS)
  .flatMap((api) =>
    Object.entries(api.routes).map(([operation, route]) => ({
      name: `${api.service} ${operation}`,
      ...{ api, operation, route },
    })),
  )
  .filter(({ route }) => route.params !== undefined);

/** What somebody is answered who asks for Ada's object. */
async function ask(
  headers: Readonly<Record<string, string>>,
  { name, api, operation, route }: ObjectRoute,
): Promise<Answer> {
  const path = routePath(api, operation as OperationOf<Api>, own as never);
  const body = BODIES[name];
  return await send(`${platform.url}${path}`, {
    method: route.method.toUpperCase(),
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...HEADERS[name],
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('an object of somebody else', () => {
  const guarded = objectRoutes.filter(({ name }) => NOT_PRIVATE[name] === undefined);

  it.each(guarded.map((route) => [route.name, route] as const))(
    'is not there for another account: %s',
    async (name, route) => {
      expect((await ask(bob.headers, route)).status, name).toBe(404);
    },
  );

  it.each(guarded.map((route) => [route.name, route] as const))(
    'is not there for a stranger: %s',
    async (name, route) => {
      const refused = route.route.access === 'session' ? 401 : 404;
      expect((await ask({ origin: platform.url }, route)).status, name).toBe(refused);
    },
  );

  it.each(guarded.filter(({ route }) => route.method === 'get').map((route) => [route.name, route] as const))(
    'is there for its owner, so the refusals are for that: %s',
    async (name, route) => {
      expect((await ask(ada.headers, route)).status, name).toBe(200);
    },
  );

  it('stays as it was after all of that', async () => {
    const { videoId, uploadId = '', jobId = '' } = own;
    const detail = await ada.call(videoApi, 'readVideo', { params: { videoId: videoId ?? '' } });
    expect(detail).toMatchObject({ title: 'Only mine', comments: 1, likes: 0, state: 'ready' });
    expect((await ada.call(mediaApi, 'listMyUploads')).items.map((one) => one.uploadId)).toEqual([uploadId]);
    expect((await ada.call(queueApi, 'readJob', { params: { jobId } })).state).toBe('done');
  });

  it('is in no list, search, feed or channel of others', async () => {
    const { videoId = '' } = own;
    for (const path of [
      routePath(videoApi, 'listVideos', {}, { q: 'mine' }),
      routePath(videoApi, 'listVideos', {}, { ids: [videoId] }),
      routePath(videoApi, 'listChannel', { handle: ada.identity.handle }),
      routePath(videoApi, 'listFeed'),
      routePath(videoApi, 'listMyVideos'),
      routePath(queueApi, 'listMyJobs'),
      routePath(notifApi, 'listNotifications'),
      '/api/stats/trending',
    ]) {
      const { status, body } = await bob.send(path);
      expect({ path, status }).toEqual({ path, status: 200 });
      expect(JSON.parse(body.toString()), path).toMatchObject({ items: [] });
    }
  });

  it('cannot be ended: a session of another account', async () => {
    const { items } = JSON.parse((await ada.send('/api/auth/sessions')).body.toString()) as {
      items: { sessionId: string }[];
    };
    const answer = await bob.send(`/api/auth/sessions/${items[0]?.sessionId ?? ''}`, { method: 'DELETE' });
    expect(answer.status).toBe(404);
    expect((await ada.send('/api/user/me')).status).toBe(200);
  });

  it('is refused to whoever is no administrator', async () => {
    const admin = objectRoutes.filter(({ route }) => route.access === 'admin');
    expect(admin.length).toBeGreaterThan(0);
    const ids = { ...own, userId: randomUUID(), deadLetterId: '1' };
    for (const { api, operation, route, name } of admin) {
      const path = routePath(api, operation as OperationOf<Api>, ids as never);
      const headers = { 'content-type': 'application/json' };
      const answer = await bob.send(path, {
        method: route.method.toUpperCase(),
        ...(route.body === undefined ? {} : { headers, body: '{"limitBytes":1}' }),
      });
      expect(answer.status, name).toBe(403);
    }
  });

  it('closes its bytes within two seconds of becoming private', async () => {
    const params = { videoId: own.videoId ?? '' };
    const change = async (visibility: 'public' | 'private'): Promise<void> => {
      const { version } = await ada.call(videoApi, 'readVideo', { params });
      await ada.call(videoApi, 'changeVideo', {
        params,
        body: { visibility },
        headers: { 'if-match': `"v${version}"` },
      });
    };
    const bytes = [playback.masterUrl, playback.originalUrl];
    await change('public');
    await eventually(async () => {
      for (const url of bytes) expect((await bob.send(url)).status).toBeLessThan(300);
    });
    await change('private');
    await eventually(async () => {
      for (const url of bytes) expect((await bob.send(url)).status).toBe(404);
    }, 2000);
  });
});
