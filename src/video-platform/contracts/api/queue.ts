/** The HTTP face of queue, under /api/queue. */
import * as z from 'zod';
import { byteCount, count, instant, jobId, percent, seconds, userId, videoId } from '../identifier.ts';
import { fileName, processingPhase } from '../media.ts';
import { pageFields, pageOf } from './page.ts';
import { defineApi } from '#declare';

export * from '../queue.ts';

/** Where a job is: waits, is worked on, is done, cannot be done, used up its attempts, is not wanted. */
export const jobState = z.enum(['queued', 'running', 'done', 'failed', 'dead', 'cancelled']);
/** Where a job is. */
export type JobState = z.infer<typeof jobState>;

/** A job of the ledger. */
export const job = z.object({
  jobId,
  videoId,
  fileName,
  bytes: byteCount,
  state: jobState,
  /** How often it was put into the queue. */
  run: z.int().min(1),
  /** Attempts of this run. */
  attempts: count,
  /** What its worker is at; null while nobody works on it. */
  phase: processingPhase.nullable(),
  percent,
  /** Last error in words; null without one. */
  reason: z.string().nullable(),
  queuedAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  updatedAt: instant,
});
/** A job of the ledger. */
export type Job = z.infer<typeof job>;

/** One attempt at a job. */
export const jobAttempt = z.object({
  run: z.int().min(1),
  attempt: z.int().min(1),
  worker: z.string(),
  outcome: z.enum(['running', 'done', 'failed', 'retried', 'crashed', 'cancelled']),
  reason: z.string().nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
});
/** One attempt at a job. */
export type JobAttempt = z.infer<typeof jobAttempt>;

/** A job with all of its attempts, the oldest first. */
export const jobDetail = job.extend({
  attemptList: z.array(jobAttempt),
  /** Whether it may be cancelled now. */
  cancellable: z.boolean(),
  /** Whether it may be put into the queue again: it has ended without success, and its file may yet become a video. */
  retryable: z.boolean(),
});
/** A job with all of its attempts. */
export type JobDetail = z.infer<typeof jobDetail>;

/** A job as the administrator sees it. */
export const listedJob = job.extend({ ownerId: userId, worker: z.string().nullable() });
/** A job as the administrator sees it. */
export type ListedJob = z.infer<typeof listedJob>;

/** How the queue stands. */
export const queueDepth = z.object({
  /** Jobs that wait. */
  depth: count,
  /** Age of the job that waits longest; null when none waits. */
  oldestSeconds: seconds.nullable(),
  /** Jobs that are worked on. */
  inFlight: count,
  deadJobs: count,
  deadLetters: count,
});
/** How the queue stands. */
export type QueueDepth = z.infer<typeof queueDepth>;

/** Id of a dead letter: its place in the stream of dead letters. */
export const deadLetterId = z.coerce.number().int().min(1);

/**
 * Whether a dead letter can be redriven, and why not: its job was put into the queue again since; a later run of its job
 * went on without it; its file can never become a video; its job is not dead or failed; it belongs to no job.
 */
export const deadLetterStanding = z.enum(['redrivable', 'redriven', 'superseded', 'hopeless', 'not_needed', 'no_job']);
/** Whether a dead letter can be redriven, and why not. */
export type DeadLetterStanding = z.infer<typeof deadLetterStanding>;

/** A message that a consumer gave up on, as the list shows it. */
export const deadLetterSummary = z.object({
  deadLetterId: z.int().min(1),
  service: z.string(),
  durable: z.string(),
  subject: z.string(),
  reason: z.string(),
  cause: z.enum(['permanent', 'exhausted', 'malformed', 'crashed']),
  deliveries: z.int().min(1),
  /** The job that it belongs to; null when it is an event. */
  jobId: jobId.nullable(),
  standing: deadLetterStanding,
  diedAt: instant,
  /** When its job was put into the queue again, from here or from the job itself. */
  redrivenAt: instant.nullable(),
});
/** A message that a consumer gave up on, as the list shows it. */
export type DeadLetterSummary = z.infer<typeof deadLetterSummary>;

/** A dead letter with the message as it was. */
export const deadLetterDetail = deadLetterSummary.extend({
  stream: z.string(),
  streamSequence: z.int().min(1),
  messageId: z.string().nullable(),
  payload: z.unknown(),
});
/** A dead letter with the message as it was. */
export type DeadLetterDetail = z.infer<typeof deadLetterDetail>;

const byJob = z.object({ jobId });
const byDeadLetter = z.object({ deadLetterId });
const jobFilters = { ...pageFields, state: jobState.optional(), videoId: videoId.optional() };

/** Routes of queue. */
export const queueApi = defineApi('queue', {
  listMyJobs: {
    method: 'get',
    path: '/jobs',
    access: 'session',
    summary: 'List your jobs, newest first',
    query: z.object(jobFilters),
    response: pageOf(job),
    status: 200,
  },
  readJob: {
    method: 'get',
    path: '/jobs/:jobId',
    access: 'session',
    summary: 'Get one of your jobs with its attempts (administrators: any job)',
    params: byJob,
    response: jobDetail,
    status: 200,
  },
  cancelJob: {
    method: 'post',
    path: '/jobs/:jobId/cancellation',
    access: 'session',
    summary: 'Cancel a queued or running job',
    params: byJob,
    response: jobDetail,
    status: 202,
  },
  retryJob: {
    method: 'post',
    path: '/jobs/:jobId/retry',
    access: 'session',
    summary: 'Queue a failed, dead or cancelled job again',
    params: byJob,
    response: jobDetail,
    status: 202,
    idempotent: true,
  },
  readDepth: {
    method: 'get',
    path: '/admin/depth',
    access: 'admin',
    summary: 'Get the number of queued and running jobs, and the waiting time',
    response: queueDepth,
    status: 200,
  },
  listJobs: {
    method: 'get',
    path: '/admin/jobs',
    access: 'admin',
    summary: 'List all jobs, newest first',
    query: z.object({ ...jobFilters, ownerId: userId.optional() }),
    response: pageOf(listedJob),
    status: 200,
  },
  listDeadLetters: {
    method: 'get',
    path: '/admin/dead-letters',
    access: 'admin',
    summary: 'List dead letters, newest first',
    query: z.object({ ...pageFields, service: z.string().max(63).optional() }),
    response: pageOf(deadLetterSummary),
    status: 200,
  },
  readDeadLetter: {
    method: 'get',
    path: '/admin/dead-letters/:deadLetterId',
    access: 'admin',
    summary: 'Get a dead letter with its payload',
    params: byDeadLetter,
    response: deadLetterDetail,
    status: 200,
  },
  redriveDeadLetter: {
    method: 'post',
    path: '/admin/dead-letters/:deadLetterId/redrive',
    access: 'admin',
    summary: 'Run the job of a dead letter again (once)',
    params: byDeadLetter,
    response: jobDetail,
    status: 202,
    idempotent: true,
  },
});
