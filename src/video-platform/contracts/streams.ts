/** The four streams: what is kept, how long, and how it goes. No two overlap. */
import { defineStream, filterOf } from '#declare';
import { maxDeliveriesReached, messageTerminated, videoProcess } from './queue.ts';

const DAY_SECONDS = 86_400;
const MIB = 1024 ** 2;

/** First token of every dead letter's subject; the second is the service that gave up. */
export const DEAD_LETTER_PREFIX = 'dlq';

/** Work to be done once: a job leaves it when it is acknowledged. When full it refuses, and the outbox waits. */
export const JOBS = defineStream({
  name: 'JOBS',
  subjects: [videoProcess.subject],
  retention: 'workqueue',
  maxBytes: 128 * MIB,
});

/**
 * What happened, kept for a week for consumers that are away. When full it refuses, and the outbox waits: an event that
 * somebody has not read is never dropped. Above half its size, events that all have read go early.
 */
export const EVENTS = defineStream({
  name: 'EVENTS',
  subjects: ['events.>'],
  maxAgeSeconds: 7 * DAY_SECONDS,
  maxBytes: 1024 * MIB,
  discard: 'new',
});

/** What consumers gave up on, kept for a month; when full, the oldest go. */
export const DLQ = defineStream({
  name: 'DLQ',
  subjects: [`${DEAD_LETTER_PREFIX}.>`],
  maxAgeSeconds: 30 * DAY_SECONDS,
  maxBytes: 256 * MIB,
});

/** What the server says of messages that ran out of deliveries or were terminated; when full, the oldest go. */
export const ADVISORY = defineStream({
  name: 'ADVISORY',
  subjects: [filterOf(maxDeliveriesReached.subject), filterOf(messageTerminated.subject)],
  maxAgeSeconds: 7 * DAY_SECONDS,
  maxBytes: 64 * MIB,
});

/** All streams of the platform. */
export const STREAMS = [JOBS, EVENTS, DLQ, ADVISORY] as const;

/** Where consumers lay down what they give up on. */
export const DEAD_LETTERS = { stream: DLQ.name, prefix: DEAD_LETTER_PREFIX } as const;
