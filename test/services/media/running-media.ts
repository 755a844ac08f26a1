import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { media, topology, video } from '#catalog';
import { mediaApi, videoCreated, videoProcess, type UploadTicket, type Visibility } from '#contracts';
import type { DataOf, Topology } from '#declare';
import type { OpenNats } from '#runtime/events/connection';
import { provision } from '#runtime/events/provisioner';
import { publish } from '#runtime/events/publisher';
import { startService, withPolicy, type RunningService } from '#runtime';
import type { Sessions } from '#services/platform';
import { definition as mediaDefinition, type Definition } from '#services/media/definition';
import type { Tables as MediaTables } from '#services/media/tables';
import { ApiClient } from '#test-support/api-client';
import type { LoggedIn, ServiceStores } from '#test-support/service-stores';

/** media as it runs in a test. */
export type RunningMedia = RunningService<typeof media, MediaTables, Sessions>;
/** A job as queue gives it to media. */
export type JobData = DataOf<typeof videoProcess>;

/** A disk for media, removed at the end of a test file. */
export interface MediaDisk {
  readonly root: string;
  remove(): void;
}

/** Makes an empty disk. */
export function mediaDisk(): MediaDisk {
  const root = mkdtempSync(join(tmpdir(), 'media-'));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Settings of media in tests: its disk, and a floor that any machine is above. */
export function mediaSettings(disk: MediaDisk, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { MEDIA_ROOT: disk.root, DISK_FLOOR_BYTES: '1000000', RATE_LIMIT: '100000', ...changes };
}

/** Starts media on the stores. */
export async function startMedia(
  stores: ServiceStores,
  disk: MediaDisk,
  changes: Readonly<Record<string, string>> = {},
  chosen: Definition = mediaDefinition,
): Promise<RunningMedia> {
  return await startService(chosen, { env: stores.env(media, mediaSettings(disk, changes)), port: 0 });
}

/** Makes streams and durables with a worker's durable that notices a dead worker soon. */
export async function provisionImpatiently(stores: ServiceStores, ackWaitSeconds: number): Promise<Topology> {
  const impatient = withPolicy(topology, videoProcess, { ackWaitSeconds });
  await provision(await stores.adminNats(), impatient);
  return impatient;
}

/** The browser of somebody, or of nobody. */
export function mediaClient(url: string, who?: LoggedIn): ApiClient<typeof mediaApi> {
  return new ApiClient(url, mediaApi, who === undefined ? {} : { cookie: `sid=${who.secret}` });
}

/** A ticket as video signs it. */
export function signTicket(
  stores: ServiceStores,
  ownerId: string,
  bytes: number,
  changes: Partial<UploadTicket> = {},
): { readonly ticket: UploadTicket; readonly text: string } {
  const ticket = {
    videoId: randomUUID(),
    ownerId,
    fileName: 'holiday.mp4',
    bytes,
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    ...changes,
  };
  const key = createPrivateKey(stores.env(video).UPLOAD_TICKET_PRIVATE_KEY ?? '');
  const body = Buffer.from(JSON.stringify(ticket)).toString('base64url');
  return { ticket, text: `${body}.${sign(null, Buffer.from(body), key).toString('base64url')}` };
}

/** Tells of a new video, as video does. */
export async function announceVideo(
  link: OpenNats,
  videoId: string,
  ownerId: string,
  visibility: Visibility,
): Promise<void> {
  const data = { videoId, ownerId, version: 1, title: 'Sea', visibility, createdAt: new Date().toISOString() };
  await publish(link, 'video', videoCreated, { aggregate: videoId, data });
}

/** Puts a job into the queue, as queue does. */
export async function queueJob(
  link: OpenNats,
  upload: Pick<JobData, 'videoId' | 'ownerId' | 'uploadId' | 'fileName' | 'bytes'>,
  changes: Partial<JobData> = {},
): Promise<JobData> {
  const { videoId, ownerId, uploadId, fileName, bytes } = upload;
  const data = {
    ...{ videoId, ownerId, uploadId, fileName, bytes },
    jobId: randomUUID(),
    run: 1,
    queuedAt: new Date().toISOString(),
    ...changes,
  };
  const id = `job:${data.jobId}:run:${data.run}`;
  await publish(link, 'queue', videoProcess, { id, aggregate: data.jobId, data });
  return data;
}

/** Has a video count as processed, without the time that it takes. */
export async function markProcessed(stores: ServiceStores, videoId: string): Promise<void> {
  await stores.postgres.sql(
    `insert into media.revision values ('${videoId}', 'r1', gen_random_uuid(), 1, 640, 360, false, false, '[]', 0, now())`,
    'video',
  );
}
