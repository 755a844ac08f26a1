/** Messages of queue, which owns the job ledger and the dead letters, and the messages that only it reads. */
import { defineMessage } from '#declare';
import * as z from 'zod';
import { byteCount, instant, jobId, uploadId, userId, videoId } from './identifier.ts';
import { fileName } from './media.ts';

const run = z.int().min(1);
const aboutJob = { jobId, run, videoId, ownerId: userId };

/** Transcode one uploaded file. The message id is `job:<jobId>:run:<run>`. */
export const videoProcess = defineMessage({
  subject: 'video.process',
  payload: z.object({ ...aboutJob, uploadId, fileName, bytes: byteCount, queuedAt: instant }),
});

/** A worker took up a job; sent once for each attempt. */
export const jobStarted = defineMessage({
  subject: 'events.queue.job_started',
  payload: z.object({
    ...aboutJob,
    attempt: z.int().min(1),
    worker: z.string().min(1).max(253),
    startedAt: instant,
  }),
});

/** A job used up its attempts; its owner is told, an administrator may redrive it. */
export const jobDead = defineMessage({
  subject: 'events.queue.job_dead',
  payload: z.object({
    ...aboutJob,
    fileName,
    attempts: z.int().min(1),
    /** One sentence for the owner. */
    reason: z.string().min(1).max(500),
    diedAt: instant,
  }),
});

/** A job that had ended was queued again, as a new run: its video is processed again, whatever was said of it before. */
export const jobRetried = defineMessage({
  subject: 'events.queue.job_retried',
  payload: z.object({ ...aboutJob, retriedAt: instant }),
});

/** A job is not wanted any more; its worker stops and leaves nothing behind. */
export const jobCancelled = defineMessage({
  subject: 'events.queue.job_cancelled',
  payload: z.object({
    ...aboutJob,
    reason: z.enum(['owner', 'admin', 'video_deleted', 'account_deleted']),
    cancelledAt: instant,
  }),
});

/**
 * A message that a consumer gave up on, with what is needed to understand and to redrive it. Any consumer may lay one down,
 * below `dlq.<its service>`, as plain JSON without an envelope: nobody owns the subject, so it counts as external.
 */
export const deadLettered = defineMessage({
  subject: 'dlq.>',
  external: true,
  payload: z.object({
    /** Service whose consumer gave up. */
    service: z.string().min(1),
    /** Durable that gave up. */
    durable: z.string().min(1),
    /** Stream that held the message, and its place in it. */
    stream: z.string().min(1),
    streamSequence: z.int().min(1),
    /** Concrete subject of the message. */
    subject: z.string().min(1),
    /** Message id, when it had a readable envelope. */
    messageId: z.string().nullable(),
    /** Why: what the handler threw, or that deliveries ran out. */
    reason: z.string().min(1).max(2000),
    /** Whether it was recognised as hopeless, ran out of deliveries, or could not be read at all. */
    cause: z.enum(['permanent', 'exhausted', 'malformed', 'crashed']),
    deliveries: z.int().min(1),
    /** The message as it was: its envelope, or the text that could not be read. */
    payload: z.unknown(),
    diedAt: instant,
  }),
});

const advisory = z.object({
  id: z.string(),
  timestamp: z.string(),
  stream: z.string().min(1),
  consumer: z.string().min(1),
  stream_seq: z.int().min(1),
  deliveries: z.int().min(0),
});

/** The server delivered a message as often as it may; sent by the NATS server itself. */
export const maxDeliveriesReached = defineMessage({
  subject: '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{stream}.{consumer}',
  external: true,
  payload: advisory,
});

/** A consumer terminated a message; sent by the NATS server itself. */
export const messageTerminated = defineMessage({
  subject: '$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.{stream}.{consumer}',
  external: true,
  payload: advisory.extend({ consumer_seq: z.int().min(0).optional(), reason: z.string().optional() }),
});
