import { JOBS, mediaFailed, mediaProgress, videoProcess, type MediaFailureCode, type Progress } from '#contracts';
import { decodeMessage } from '#declare';
import type { OpenNats } from '#runtime/events/connection';
import { publishCore } from '#runtime/events/publisher';
import type { JsMsg } from 'nats';
import { publishAs, type JobData } from './running-queue.ts';

/** A job in the hands of a worker. */
export interface TakenJob {
  readonly data: JobData;
  /** Value of `Nats-Msg-Id`. */
  readonly messageId: string;
  readonly message: JsMsg;
}

/** Takes the next job as media's worker does, and says nothing of it; undefined when none comes in time. */
export async function takeJob(link: OpenNats, withinMs = 5000): Promise<TakenJob | undefined> {
  const consumer = await link.connection.jetstream().consumers.get(JOBS.name, 'media-process');
  const message = await consumer.next({ expires: Math.max(1000, withinMs) });
  if (message === null) return undefined;
  const messageId = message.headers?.get('Nats-Msg-Id') ?? '';
  return { data: decodeMessage(videoProcess, message.data).data, messageId, message };
}

/** Takes the next job, which must come. */
export async function takeJobOf(link: OpenNats, videoId: string): Promise<TakenJob> {
  const taken = await takeJob(link);
  if (taken?.data.videoId !== videoId) throw new Error(`no job of ${videoId} came, but ${JSON.stringify(taken?.data)}`);
  return taken;
}

/** Says how far a job is, as its worker does. */
export function sayProgress(link: OpenNats, job: JobData, changes: Partial<Progress> = {}): void {
  const { jobId, run, videoId, ownerId } = job;
  publishCore(link, 'media', mediaProgress, {
    aggregate: jobId,
    values: { user: ownerId, video: videoId },
    data: {
      ...{ jobId, run, videoId, ownerId },
      attempt: 1,
      worker: 'media-0',
      phase: 'transcoding',
      percent: 10,
      sequence: 1,
      at: new Date().toISOString(),
      ...changes,
    },
  });
}

/** Tells that the file of a job did not become a video, as its worker does. */
export async function tellFailed(link: OpenNats, job: JobData, code: MediaFailureCode): Promise<void> {
  const { jobId, run, videoId, ownerId, fileName } = job;
  const about = { jobId, run, videoId, ownerId, fileName };
  const data = { ...about, code, reason: `It is ${code}.`, attempt: 1, failedAt: new Date().toISOString() };
  await publishAs(link, 'media', mediaFailed, { aggregate: videoId, data });
}
