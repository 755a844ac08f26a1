/**
 * Load: the whole platform from dist behind the local edge, as people use it together: they browse, watch, upload and hold
 * streams of events open. Requests come at a fixed rate; one that is refused or lost counts as an error.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { LIVE_EVENTS, mediaApi, notifApi, routePath, statsApi, videoApi } from '#contracts';
import { readSettings, startLocalPlatform, type LocalPlatform } from '#local';
import { openEvents } from '#test-support/event-source';
import { makeFilmClip } from '../../demo/film-clip.ts';
import { createDraft, uploadFile, type Draft } from '../../demo/film-upload.ts';
import { Member } from '../../demo/member.ts';
import type { AreaResult, BenchArea, Series } from '../frame/result.ts';
import { ask, keptConnections, sendPaced, type PacedLoad } from './paced.ts';

const SECONDS = 30;
const WARM_UP_SECONDS = 8;
/** Requests a second of each kind. */
const RATE = { browse: 60, watch: 30 } as const;
const UPLOADS = 3;
const STREAMS = 50;
const PROCESSING_MS = 120_000;

/** The area `load`. */
export const loadArea: BenchArea = {
  run: async ({ progress, watchMachine }): Promise<AreaResult> => {
    const { images, ...settings } = readSettings('deploy/local.json');
    const platform = await startLocalPlatform({
      dist: 'dist',
      settings: { ...settings, images: { ...images, web: { command: ['node'], requires: 'no-web-under-load' } } },
      env: {
        '*': { RATE_LIMIT: '0' },
        auth: { SIGNUP_LIMIT: '1000' },
        media: { DISK_FLOOR_BYTES: '0' },
        notif: { SSE_MAX_PER_USER: '100' },
      },
    });
    try {
      return await loadPlatform(platform, progress, watchMachine);
    } finally {
      await platform.stop();
    }
  },
};

async function loadPlatform(
  platform: LocalPlatform,
  progress: (line: string) => void,
  watchMachine: () => void,
): Promise<AreaResult> {
  const film = await makeFilmClip({ picture: 'testsrc2', seconds: 4 });
  const member = await newMember(platform.url);
  progress('a video is uploaded and made playable');
  const videoId = await publishFilm(member, film, platform.url);
  const watching = await watchRequests(member, videoId);
  const browsing = browseRequests(videoId);
  const agent = keptConnections(128);
  const browse = async (i: number): Promise<void> =>
    await ask(agent, platform.url + (browsing[i % browsing.length] ?? ''));
  const watch = async (i: number): Promise<void> => {
    const next = watching[i % watching.length];
    if (next === undefined) return await beat(agent, member, videoId);
    await ask(agent, platform.url + next);
  };
  progress('warming up');
  await Promise.all([
    sendPaced({ perSecond: RATE.browse, seconds: WARM_UP_SECONDS }, browse),
    sendPaced({ perSecond: RATE.watch, seconds: WARM_UP_SECONDS }, watch),
  ]);
  const before = memoryOf(platform);
  progress('loading');
  const started = performance.now();
  const [browsed, watched, streamed, uploaded] = await Promise.all([
    sendPaced({ perSecond: RATE.browse, seconds: SECONDS }, browse),
    sendPaced({ perSecond: RATE.watch, seconds: SECONDS }, watch),
    holdStreams(member),
    sendPaced({ perSecond: UPLOADS / SECONDS, seconds: SECONDS }, async () => {
      await uploadFile(member, await createDraft(member, DRAFT, film), film);
    }),
  ]);
  watchMachine();
  agent.destroy();
  const seconds = Math.round((performance.now() - started) / 1000);
  const errors = [browsed, watched, streamed, uploaded].flatMap((load) => load.errors);
  return {
    area: 'load',
    series: [
      ...seriesOf(`browse, ${RATE.browse}/s`, browsed),
      ...seriesOf(`watch, ${RATE.watch}/s`, watched),
      ...seriesOf(`upload, ${UPLOADS} films of ${Math.round(film.length / 1024)} KiB`, uploaded),
      ...seriesOf(`${STREAMS} streams of events, first event`, streamed),
      ...memorySeries('after warm-up', before),
      ...memorySeries('loaded', memoryOf(platform)),
    ],
    claims: [],
    versions: {},
    notes: [
      `${browsed.sent + watched.sent + streamed.sent + uploaded.sent} operations in ${seconds} s, ${errors.length} errors${errors.length === 0 ? '' : `: ${[...new Set(errors)].slice(0, 5).join('; ')}`}`,
      'memory is the highest of the process and what it starts: for media that includes ffmpeg',
    ],
  };
}

const DRAFT: Draft = {
  title: 'A film under load',
  description: 'Made by the bench.',
  tags: ['bench'],
  visibility: 'public',
  fileName: 'load.mp4',
};

async function newMember(origin: string): Promise<Member> {
  const handle = `load_${randomBytes(4).toString('hex')}`;
  const member = new Member(origin, { handle, displayName: 'Load', password: `correct horse ${handle}` });
  await member.signUp();
  return member;
}

async function publishFilm(member: Member, film: Buffer, origin: string): Promise<string> {
  const page = await openEvents(origin + routePath(notifApi, 'openStream'), member.headers);
  const created = await createDraft(member, DRAFT, film);
  await uploadFile(member, created, film);
  await page.next(
    ({ name, data }) =>
      name === 'notification' && LIVE_EVENTS.notification.parse(data).notification.kind === 'video_ready',
    PROCESSING_MS,
  );
  page.close();
  return created.video.videoId;
}

/** Paths that a visitor asks for on the first page, a search and a page of a video. */
function browseRequests(videoId: string): string[] {
  const params = { videoId };
  return [
    routePath(videoApi, 'listVideos', {}, {}),
    routePath(videoApi, 'readVideo', params),
    routePath(statsApi, 'listTrending', {}, {}),
    `${routePath(videoApi, 'listVideos', {}, {})}?search=film`,
    routePath(videoApi, 'listRelated', params),
    routePath(statsApi, 'readVideoTotals', params),
  ];
}

/** Paths that a player asks for; after them comes a beat. */
async function watchRequests(member: Member, videoId: string): Promise<readonly (string | undefined)[]> {
  const { playable } = await member.call(mediaApi, 'readMedia', { params: { videoId } });
  if (playable === null) throw new Error(`video ${videoId} is not playable`);
  const folder = `/api/media/videos/${videoId}/hls/${playable.revision}`;
  const rendition = playable.renditions[0]?.name ?? '';
  const index = (await member.send(`${folder}/${rendition}/index.m3u8`)).body.toString();
  const segments = index.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const bytes = segments.map((segment) => `${folder}/${rendition}/${segment}`);
  return [`${folder}/master.m3u8`, `${folder}/${rendition}/index.m3u8`, ...bytes, ...bytes, undefined];
}

async function beat(agent: ReturnType<typeof keptConnections>, member: Member, videoId: string): Promise<void> {
  const body = { playbackId: randomUUID(), sequence: 0, watchedSeconds: 5, positionSeconds: 4 };
  await ask(agent, member.origin + routePath(statsApi, 'recordBeat', { videoId }), {
    method: 'POST',
    headers: { ...member.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Streams are opened one after the other and held to the end; each must greet and none may break. */
async function holdStreams(member: Member): Promise<PacedLoad> {
  const url = member.origin + routePath(notifApi, 'openStream');
  const pages: { close(): void }[] = [];
  const load = await sendPaced({ perSecond: STREAMS / SECONDS, seconds: SECONDS }, async () => {
    const page = await openEvents(url, member.headers);
    pages.push(page);
    await page.next(({ name }) => name === 'hello');
  });
  pages.forEach((page) => page.close());
  return load;
}

function memoryOf(platform: LocalPlatform): ReadonlyMap<string, number> {
  return new Map(platform.instances.map(({ name }) => [name, platform.peakMemoryBytes(name) / 1024 ** 2]));
}

function memorySeries(when: string, memory: ReadonlyMap<string, number>): Series[] {
  return [...memory].map(([contender, figure]) => {
    return { case: `memory, ${when}`, contender, metric: 'peak memory', unit: 'MiB', samples: [figure] };
  });
}

function seriesOf(name: string, { p50, p95, p99 }: PacedLoad): Series[] {
  return Object.entries({ p50, p95, p99 }).map(([metric, figure]) => {
    return { case: name, contender: 'platform', metric, unit: 'ms', samples: [figure] };
  });
}
