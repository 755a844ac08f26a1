import { randomUUID } from 'node:crypto';
import { stats } from '#catalog';
import {
  accountDeleted,
  statsApi,
  videoDeleted,
  videoPublished,
  videoUpdated,
  videoVisibilityChanged,
  type Visibility,
} from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { startService, type RunningService } from '#runtime';
import type { Sessions } from '#services/platform';
import { beatBuffer, type BeatBuffer } from '#services/stats/beats/beat-buffer';
import { definition as statsDefinition } from '#services/stats/definition';
import type { Tables as StatsTables } from '#services/stats/tables';
import { flushBeats } from '#services/stats/use-cases/flush-beats';
import { ApiClient } from '#test-support/api-client';
import { event, send, settled, type PreparedEvent } from '#test-support/event-feed';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';

/** A browser of somebody who watches. */
export type StatsClient = ApiClient<typeof statsApi>;

/** stats on stores of its own, and everything that a test does with it. */
export interface StatsWorld {
  readonly stores: ServiceStores;
  readonly running: RunningService<typeof stats, StatsTables, Sessions>;
  readonly link: OpenNats;
  /** The same buffer as that of the service, which flushes only once an hour here. */
  readonly buffer: BeatBuffer;
  /** A browser of an address of its own, without a session. */
  guest(address?: string): StatsClient;
  user(): Promise<LoggedIn & { readonly client: StatsClient }>;
  /** Publishes messages and waits until stats has acknowledged all. */
  tell(...events: readonly PreparedEvent[]): Promise<void>;
  /** A video that can be watched, as stats hears of it. */
  published(video?: Partial<PublishedVideo>): Promise<PublishedVideo>;
  /** Applies what is in the buffer. Gives how many batches that were. */
  flush(): Promise<number>;
  stop(): Promise<void>;
}

/** A video as its messages describe it. */
export interface PublishedVideo {
  readonly videoId: string;
  readonly ownerId: string;
  readonly title: string;
  readonly visibility: Visibility;
  readonly durationSeconds: number;
}

/** Starts stats. */
export async function startStatsWorld(changes: Readonly<Record<string, string>> = {}): Promise<StatsWorld> {
  const stores = await startServiceStores();
  await stores.provision();
  const env = stores.env(stats, { RATE_LIMIT: '1000000', FLUSH_S: '3600', ...changes });
  const running = await startService(statsDefinition, { env, port: 0 });
  const { service } = running;
  const { REDIS_PREFIX: prefix, VIEW_WINDOW_S: viewWindowSeconds } = service.config;
  const buffer = beatBuffer(service.redis, { prefix, viewWindowSeconds });
  const link = await stores.adminNats();
  const world: StatsWorld = {
    ...{ stores, running, link, buffer },
    guest: (address) => new ApiClient(running.url, statsApi, address === undefined ? {} : { address }),
    async user() {
      const loggedIn = await stores.logIn();
      return { ...loggedIn, client: new ApiClient(running.url, statsApi, { cookie: `sid=${loggedIn.secret}` }) };
    },
    async tell(...events) {
      await send(link, ...events);
      await settled(link, stats);
    },
    async published(wish = {}) {
      const video = { ...someVideo(), ...wish };
      await world.tell(publication(video));
      return video;
    },
    flush: async () => await flushBeats(service, buffer, new Date()),
    async stop() {
      await running.stop();
      await stores.stop();
    },
  };
  return world;
}

/** A public video of a minute. */
export function someVideo(): PublishedVideo {
  const [videoId, ownerId] = [randomUUID(), randomUUID()];
  return { videoId, ownerId, title: 'A walk', visibility: 'public', durationSeconds: 60 };
}

/** video: it can be watched. */
export function publication(video: PublishedVideo, version = 3): PreparedEvent {
  const names = { ownerHandle: 'ann', ownerDisplayName: 'Ann' };
  const publishedAt = '2026-01-01T00:00:00.000Z';
  return event(videoPublished, { ...video, ...names, version, revision: 'r1', publishedAt }, video.videoId);
}

/** video: others may see it. */
export function sight({ videoId, ownerId }: PublishedVideo, visibility: Visibility, version: number): PreparedEvent {
  const changedAt = '2026-01-02T00:00:00.000Z';
  return event(
    videoVisibilityChanged,
    { videoId, ownerId, visibility, previous: 'public', version, changedAt },
    videoId,
  );
}

/** video: it has another title. */
export function retitling({ videoId, ownerId }: PublishedVideo, title: string, version: number): PreparedEvent {
  const words = { title, description: '', tags: [], updatedAt: '2026-01-02T00:00:00.000Z' };
  return event(videoUpdated, { videoId, ownerId, version, ...words }, videoId);
}

/** video: it is gone. */
export function deletion({ videoId, ownerId }: PublishedVideo, version = 9): PreparedEvent {
  const deletedAt = '2026-01-03T00:00:00.000Z';
  return event(videoDeleted, { videoId, ownerId, version, reason: 'owner', deletedAt }, videoId);
}

/** auth: an account is gone. */
export function departure(userId: string): PreparedEvent {
  return event(accountDeleted, { userId, version: 2, handle: 'ann', deletedAt: '2026-01-03T00:00:00.000Z' }, userId);
}

/** What a player says. */
export function beat(sequence: number, watchedSeconds: number, playbackId: string = randomUUID()) {
  return { playbackId, sequence, watchedSeconds, positionSeconds: watchedSeconds };
}
