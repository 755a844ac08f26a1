import { randomUUID } from 'node:crypto';
import { queue } from '#catalog';
import { mediaUploaded, queueApi, type videoProcess } from '#contracts';
import type { DataOf, Message } from '#declare';
import type { OpenNats } from '#runtime/events/connection';
import { publish } from '#runtime/events/publisher';
import { startService, type Outgoing, type RunningService } from '#runtime';
import type { Sessions } from '#services/platform';
import { definition as queueDefinition } from '#services/queue/definition';
import type { Tables as QueueTables } from '#services/queue/tables';
import { ApiClient } from '#test-support/api-client';
import type { LoggedIn, ServiceStores } from '#test-support/service-stores';

/** queue as it runs in a test. */
export type RunningQueue = RunningService<typeof queue, QueueTables, Sessions>;
/** A browser of somebody who looks at jobs. */
export type QueueClient = ApiClient<typeof queueApi>;
/** A job as a worker gets it. */
export type JobData = DataOf<typeof videoProcess>;

/** Deliveries that end soon enough for a test to wait for. */
export const IMPATIENT = { JOB_MAX_DELIVER: '2', JOB_ACK_WAIT_S: '1', SWEEP_S: '1', RATE_LIMIT: '100000' } as const;

/** Starts queue on the stores. */
export async function startQueue(
  stores: ServiceStores,
  changes: Readonly<Record<string, string>> = IMPATIENT,
): Promise<RunningQueue> {
  return await startService(queueDefinition, { env: stores.env(queue, changes), port: 0 });
}

/** The browser of somebody. */
export function queueClient({ url }: RunningQueue, who: LoggedIn): QueueClient {
  return new ApiClient(url, queueApi, { cookie: `sid=${who.secret}` });
}

/** Publishes as another service would. */
export async function publishAs<M extends Message>(
  link: OpenNats,
  source: string,
  message: M,
  outgoing: Outgoing<M>,
): Promise<void> {
  await publish(link, source, message, outgoing);
}

/** Says that an upload is complete; gives what was said. */
export async function announceUpload(
  link: OpenNats,
  ownerId: string,
  changes: Partial<DataOf<typeof mediaUploaded>> = {},
): Promise<DataOf<typeof mediaUploaded>> {
  const data = {
    videoId: randomUUID(),
    ownerId,
    uploadId: randomUUID().replaceAll('-', ''),
    fileName: 'holiday.mp4',
    bytes: 1000,
    quotaBytes: 1000,
    uploadedAt: new Date().toISOString(),
    ...changes,
  };
  await publishAs(link, 'media', mediaUploaded, { aggregate: data.videoId, data });
  return data;
}
