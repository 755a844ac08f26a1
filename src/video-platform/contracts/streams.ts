/** The four streams: what is kept, how long, and how it goes. No two overlap. */
import { defineStream, filterOf } from '#declare';
import { maxDeliveriesReached, messageTerminated, videoProcess } from './queue.ts';

const DAY_SECONDS = 86_400;

/** First token of every dead letter's subject; the second is the service that gave up. */
export const DEAD_LETTER_PREFIX = 'dlq';

/** Work to be done once: a job leaves it when it is acknowledged. */
export const JOBS = defineStream({ name: 'JOBS', subjects: [videoProcess.subject], retention: 'workqueue' });

/** What happened, kept for a week for consumers that are away. */
export const EVENTS = defineStream({ name: 'EVENTS', subjects: ['events.>'], maxAgeSeconds: 7 * DAY_SECONDS });

/** What consumers gave up on, kept for a month. */
export const DLQ = defineStream({
  name: 'DLQ',
  subjects: [`${DEAD_LETTER_PREFIX}.>`],
  maxAgeSeconds: 30 * DAY_SECONDS,
});

/** What the server says of messages that ran out of deliveries or were terminated. */
export const ADVISORY = defineStream({
  name: 'ADVISORY',
  subjects: [filterOf(maxDeliveriesReached.subject), filterOf(messageTerminated.subject)],
  maxAgeSeconds: 7 * DAY_SECONDS,
});

/** All streams of the platform. */
export const STREAMS = [JOBS, EVENTS, DLQ, ADVISORY] as const;

/** Where consumers lay down what they give up on. */
export const DEAD_LETTERS = { stream: DLQ.name, prefix: DEAD_LETTER_PREFIX } as const;
