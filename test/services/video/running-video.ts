import { createHash, randomUUID } from 'node:crypto';
import { video } from '#catalog';
import {
  jobDead,
  jobRetried,
  mediaFailed,
  mediaProcessed,
  mediaUploaded,
  videoApi,
  type OwnVideo,
  type VideoDetail,
} from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { startService, type RunningService } from '#runtime';
import type { Sessions } from '#services/platform';
import type { Tables as VideoTables } from '#services/video/tables';
import { definition as videoDefinition } from '#services/video/definition';
import { ApiClient } from '#test-support/api-client';
import { event, send, settled, type PreparedEvent } from '#test-support/event-feed';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';

/** A browser of somebody who uses video. */
export type VideoClient = ApiClient<typeof videoApi>;

/** Somebody with a session and a browser. */
export interface VideoUser extends LoggedIn {
  readonly client: VideoClient;
}

/** video on stores of its own, and everything that a test does with it. */
export interface VideoWorld {
  readonly stores: ServiceStores;
  readonly running: RunningService<typeof video, VideoTables, Sessions>;
  readonly link: OpenNats;
  /** A browser without a session. */
  readonly guest: VideoClient;
  user(who?: Parameters<ServiceStores['logIn']>[0]): Promise<VideoUser>;
  /** Publishes messages and waits until video has acknowledged all. */
  tell(...events: readonly PreparedEvent[]): Promise<void>;
  /** A draft of somebody. */
  draft(owner: VideoUser, wish?: Partial<DraftBody>): Promise<OwnVideo>;
  /** A video that can be watched. */
  ready(owner: VideoUser, wish?: Partial<DraftBody>, at?: Date): Promise<VideoDetail>;
  stop(): Promise<void>;
}

interface DraftBody {
  readonly title: string;
  readonly description: string;
  readonly tags: string[];
  readonly visibility: 'public' | 'unlisted' | 'private';
  readonly fileName: string;
  readonly bytes: number;
}

/** Starts video. */
export async function startVideoWorld(changes: Readonly<Record<string, string>> = {}): Promise<VideoWorld> {
  const stores = await startServiceStores();
  await stores.provision();
  const env = stores.env(video, { RATE_LIMIT: '1000000', COMMENT_LIMIT: '1000', LIKE_LIMIT: '1000', ...changes });
  const running = await startService(videoDefinition, { env, port: 0 });
  const link = await stores.adminNats();
  const world: VideoWorld = {
    ...{ stores, running, link },
    guest: new ApiClient(running.url, videoApi),
    async user(who) {
      const loggedIn = await stores.logIn(who);
      return { ...loggedIn, client: new ApiClient(running.url, videoApi, { cookie: `sid=${loggedIn.secret}` }) };
    },
    async tell(...events) {
      await send(link, ...events);
      await settled(link, video);
    },
    async draft(owner, wish = {}) {
      const body = { title: 'A walk', fileName: 'walk.mp4', bytes: 1000, visibility: 'public' as const, ...wish };
      const { status, body: made, problem } = await owner.client.send('createVideo', { body });
      if (status !== 201) throw new Error(`the draft was refused: ${JSON.stringify(problem)}`);
      return made.video;
    },
    async ready(owner, wish = {}, at = new Date()) {
      const { videoId } = await world.draft(owner, wish);
      await world.tell(processed({ videoId, ownerId: owner.userId }, { at }));
      const { body } = await owner.client.send('readVideo', { params: { videoId } });
      return body;
    },
    async stop() {
      await running.stop();
      await stores.stop();
    },
  };
  return world;
}

interface About {
  readonly videoId: string;
  readonly ownerId: string;
}

/** media: the file has arrived. */
export function uploaded(about: About, at = new Date()): PreparedEvent {
  const arrived = { uploadId: 'upload-12345678', fileName: 'walk.mp4', bytes: 1000, quotaBytes: 1000 };
  return event(mediaUploaded, { ...about, ...arrived, uploadedAt: at.toISOString() }, about.videoId);
}

/** media: a revision is ready. */
export function processed(
  about: About,
  {
    at = new Date(),
    run = 1,
    revision = 'r1',
    remarks,
  }: {
    readonly at?: Date;
    readonly run?: number;
    readonly revision?: string;
    readonly remarks?: readonly string[];
  } = {},
): PreparedEvent {
  const told = remarks === undefined ? {} : { remarks: [...remarks] };
  const made = { durationSeconds: 12.5, width: 1280, height: 720, hasAudio: true, hasPoster: true, storedBytes: 4000 };
  const renditions = [{ name: '720p', width: 1280, height: 720, bitsPerSecond: 3_000_000, bytes: 3900 }];
  const job = { jobId: jobOf(about.videoId), run, revision, renditions };
  return event(mediaProcessed, { ...about, ...made, ...job, ...told, processedAt: at.toISOString() }, about.videoId);
}

/** media: the file cannot become a video. */
export function failed(
  about: About,
  { at = new Date(), run = 1 }: { readonly at?: Date; readonly run?: number } = {},
): PreparedEvent {
  const why = { fileName: 'walk.mp4', code: 'unreadable' as const, reason: 'the file holds no video', attempt: 1 };
  const job = { jobId: jobOf(about.videoId), run };
  return event(mediaFailed, { ...about, ...why, ...job, failedAt: at.toISOString() }, about.videoId);
}

/** queue: the job has used up its attempts. */
export function died(about: About, { at = new Date(), run = 1 } = {}): PreparedEvent {
  const why = { fileName: 'walk.mp4', attempts: 5, reason: 'Processing was interrupted 5 times and is not retried.' };
  const job = { jobId: jobOf(about.videoId), run };
  return event(jobDead, { ...about, ...why, ...job, diedAt: at.toISOString() }, about.videoId);
}

/** queue: the job was queued again. */
export function retried(about: About, { at = new Date(), run = 2 } = {}): PreparedEvent {
  const job = { jobId: jobOf(about.videoId), run };
  return event(jobRetried, { ...about, ...job, retriedAt: at.toISOString() }, about.videoId);
}

/** A random id, for a name that says so. */
export function someId(): string {
  return randomUUID();
}

/** The same job for the same video. */
function jobOf(videoId: string): string {
  const hash = createHash('sha256').update(videoId).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
