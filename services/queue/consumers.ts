import {
  accountDeleted,
  deadLettered,
  EVENTS,
  JOBS,
  maxDeliveriesReached,
  mediaFailed,
  mediaProcessed,
  mediaUploaded,
  messageTerminated,
  videoDeleted,
} from '#contracts';
import type { Message } from '#declare';
import { RetryLater, type Consumption, type Delivery, type DeliveryHandler } from '#runtime';
import { hasDeadLetter } from './repository/dead-letters.ts';
import { markGone } from './repository/gone.ts';
import { lockJobsOf } from './repository/jobs.ts';
import type { Service } from './service.ts';
import { buryCrashedMessage } from './use-cases/bury-crashed-message.ts';
import { createJob } from './use-cases/create-job.ts';
import { forgetJobs } from './use-cases/forget-jobs.ts';
import { recordDeadLetter } from './use-cases/record-dead-letter.ts';
import { completeJob } from './use-cases/complete-job.ts';
import { failJob } from './use-cases/fail-job.ts';

/** Time in which the dead letter of a terminated message is kept. */
const LETTER_ARRIVES_MS = 2000;
const LOOKS_FOR_LETTER = 3;

/** One handler for each message that queue consumes. */
export function consumers(service: Service): Consumption[] {
  return [
    service.transactionalConsumer(mediaUploaded, async ({ data }, trx) => await createJob(service, trx, data), {
      groupCommit: true,
    }),
    service.transactionalConsumer(mediaProcessed, async ({ data }, trx) => await completeJob(trx, data), {
      groupCommit: true,
    }),
    service.transactionalConsumer(mediaFailed, async ({ data }, trx) => await failJob(trx, data)),
    service.transactionalConsumer(videoDeleted, async ({ data: { videoId } }, trx) => {
      await markGone(trx, 'video', videoId);
      await forgetJobs(service, trx, { jobs: await lockJobsOf(trx, { videoId }), reason: 'video_deleted' });
    }),
    service.transactionalConsumer(accountDeleted, async ({ data: { userId } }, trx) => {
      await markGone(trx, 'account', userId);
      await forgetJobs(service, trx, { jobs: await lockJobsOf(trx, { ownerId: userId }), reason: 'account_deleted' });
    }),
    // these are not transactional: each is safe to run twice
    service.consumer(
      maxDeliveriesReached,
      neverDead(async (delivery) => await buryCrashedMessage(service, delivery)),
    ),
    service.consumer(
      messageTerminated,
      neverDead(async (delivery) => await expectDeadLetter(service, delivery)),
    ),
    service.consumer(
      deadLettered,
      neverDead(
        async ({ data, streamSequence }) =>
          await recordDeadLetter(service, { letter: data, deadLetterId: streamSequence }),
      ),
    ),
  ];
}

/** What cares for dead letters must not make any: after its last try it is logged, since the message stays in its stream. */
function neverDead<M extends Message>(handler: (delivery: Delivery<M>) => Promise<void>): DeliveryHandler<M> {
  return async (delivery) => {
    try {
      await handler(delivery);
    } catch (err) {
      if (!delivery.lastAttempt) throw err;
      const { durable, stream, streamSequence } = delivery;
      delivery.log.error({ err, durable, stream, streamSequence }, 'gave up without a dead letter');
    }
  };
}

/** A consumer lays a dead letter down before it terminates a message; one that is missing is told in the log. */
async function expectDeadLetter(
  service: Service,
  { data, attempt, log }: Delivery<typeof messageTerminated>,
): Promise<void> {
  if (data.stream !== JOBS.name && data.stream !== EVENTS.name) return;
  const place = { durable: data.consumer, stream: data.stream, streamSequence: data.stream_seq };
  if (await hasDeadLetter(service.db, place)) return;
  if (attempt <= LOOKS_FOR_LETTER) throw new RetryLater(LETTER_ARRIVES_MS, 'its dead letter has not arrived yet');
  log.warn(place, 'a message was terminated and left no dead letter');
}
