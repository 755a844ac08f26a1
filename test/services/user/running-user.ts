import { randomUUID } from 'node:crypto';
import { user } from '#catalog';
import { accountCreated, accountDeleted, mediaDeleted, mediaUploaded, userApi, type Role } from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { startService, type RunningService } from '#runtime';
import type { Sessions } from '#services/platform';
import { definition as userDefinition } from '#services/user/definition';
import type { Tables as UserTables } from '#services/user/tables';
import { ApiClient } from '#test-support/api-client';
import { deliver, handled } from '#test-support/redelivery';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';

/** Bytes that a new user may store, in these tests. */
export const DEFAULT_QUOTA_BYTES = 1_000_000;
const AT = new Date('2026-05-01T10:00:00.000Z');

/** user as it runs in a test, with the others played by the test. */
export interface UserStage {
  readonly stores: ServiceStores;
  readonly running: RunningService<typeof user, UserTables, Sessions>;
  /** NATS as whoever publishes. */
  readonly others: OpenNats;
  stop(): Promise<void>;
}

/** Somebody whose account user was told of. */
export interface Known {
  readonly userId: string;
  readonly handle: string;
  readonly client: ApiClient<typeof userApi>;
}

/** Starts stores and user. */
export async function startUserStage(changes: Readonly<Record<string, string>> = {}): Promise<UserStage> {
  const stores = await startServiceStores();
  await stores.provision();
  const limits = {
    DEFAULT_QUOTA_BYTES: String(DEFAULT_QUOTA_BYTES),
    RATE_LIMIT: '100000',
    FOLLOW_LIMIT: '1000',
    ...changes,
  };
  const running = await startService(userDefinition, { env: stores.env(user, limits), port: 0 });
  const others = await stores.adminNats();
  return {
    ...{ stores, running, others },
    async stop() {
      await running.stop();
      await stores.stop();
    },
  };
}

/** Somebody logged in of whom user has not been told. */
export async function stranger({ stores, running }: UserStage, role: Role = 'user'): Promise<Known> {
  const userId = randomUUID();
  const handle = `u${userId.slice(0, 8)}`;
  const { secret } = await stores.logIn({ userId, handle, role });
  return { userId, handle, client: new ApiClient(running.url, userApi, { cookie: `sid=${secret}` }) };
}

/** Somebody logged in of whom user was told. */
export async function acquaintance(stage: UserStage, role: Role = 'user'): Promise<Known> {
  const known = await stranger(stage, role);
  await handled(stage.running.service.db, await tellCreated(stage, known, { role }));
  return known;
}

/** Tells of a new account. */
export async function tellCreated(
  { others }: UserStage,
  { userId, handle }: Pick<Known, 'userId' | 'handle'>,
  { role = 'user', times = 1 }: { readonly role?: Role; readonly times?: number } = {},
): Promise<string> {
  const data = { userId, version: 1, handle, displayName: `Name of ${handle}`, role, createdAt: AT.toISOString() };
  return await deliver(others, 'auth', accountCreated, { aggregate: userId, data }, times);
}

/** Tells of a deleted account. */
export async function tellDeleted(
  { others }: UserStage,
  { userId, handle }: Pick<Known, 'userId' | 'handle'>,
  times = 1,
): Promise<string> {
  const data = { userId, version: 2, handle, deletedAt: AT.toISOString() };
  return await deliver(others, 'auth', accountDeleted, { aggregate: userId, data }, times);
}

/** A video whose bytes come and go. */
export interface Stored {
  readonly videoId: string;
  readonly ownerId: string;
  readonly quotaBytes: number;
  /** Seconds after a fixed moment at which it happened. */
  readonly second: number;
}

/** Tells that the bytes of a video came. */
export async function tellUploaded({ others }: UserStage, stored: Stored, times = 1): Promise<string> {
  const { videoId, ownerId, quotaBytes } = stored;
  const data = {
    ...{ videoId, ownerId, quotaBytes, uploadId: `upload-${videoId}`, fileName: 'a.mp4', bytes: quotaBytes },
    uploadedAt: moment(stored),
  };
  return await deliver(others, 'media', mediaUploaded, { aggregate: videoId, data }, times);
}

/** Tells that the bytes of a video are gone. */
export async function tellGone({ others }: UserStage, stored: Stored, times = 1): Promise<string> {
  const { videoId, ownerId, quotaBytes } = stored;
  const data = { videoId, ownerId, quotaBytes, deletedAt: moment(stored) };
  return await deliver(others, 'media', mediaDeleted, { aggregate: videoId, data }, times);
}

function moment({ second }: Stored): string {
  return new Date(AT.getTime() + second * 1000).toISOString();
}
