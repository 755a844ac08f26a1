/** A small application in which every kind of use of NATS occurs once, and services that only speak or only listen. */
import { z } from 'zod';
import { consume, declareService, defineMessage, defineStream, defineTopology, filterOf } from '#messaging';

const payload = z.object({ id: z.string() });

export const printWanted = defineMessage({ subject: 'work.print', payload });
export const orderPlaced = defineMessage({ subject: 'events.orders.placed', payload });
export const sheetPrinted = defineMessage({ subject: 'events.printer.printed', payload });
export const progress = defineMessage({ subject: 'progress.{user}.{order}', delivery: 'core', payload });
export const sessionEnded = defineMessage({ subject: 'session.ended.{user}', delivery: 'core', payload });
export const notice = defineMessage({ subject: 'notice.{user}', delivery: 'core', payload });
export const deliveriesUsedUp = defineMessage({
  subject: '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{stream}.{consumer}',
  external: true,
  payload: z.object({ stream: z.string() }),
});
export const deadLetter = defineMessage({ subject: 'dlq.>', external: true, payload: z.unknown() });

export const WORK = defineStream({ name: 'WORK', subjects: [printWanted.subject], retention: 'workqueue' });
export const EVENTS = defineStream({ name: 'EVENTS', subjects: ['events.>'], maxAgeSeconds: 604_800 });
export const DLQ = defineStream({ name: 'DLQ', subjects: ['dlq.>'] });
export const ADVISORY = defineStream({ name: 'ADVISORY', subjects: [filterOf(deliveriesUsedUp.subject)] });

/** Provisions, publishes to streams, pulls, reads, deletes, purges, listens. */
export const orders = declareService({
  name: 'orders',
  env: [],
  publishes: [printWanted, orderPlaced],
  consumes: [
    consume(sheetPrinted),
    consume(deliveriesUsedUp, { topic: 'used-up' }),
    consume(deadLetter, { topic: 'dead-letters' }),
  ],
  subscribes: [progress],
  jetstream: { provisions: true, reads: ['WORK'], deletes: ['WORK'], purges: ['DLQ'] },
});

/** A worker: pulls from the work queue, tells progress and its end, listens. */
export const printer = declareService({
  name: 'printer',
  env: [],
  publishes: [sheetPrinted, progress],
  consumes: [consume(printWanted, { ackWaitSeconds: 60, maxDeliver: 5 })],
  subscribes: [sessionEnded],
});

/** Speaks and listens, but asks JetStream for nothing. */
export const doorbell = declareService({
  name: 'doorbell',
  env: [],
  publishes: [notice],
  subscribes: [progress, notice],
});

/** Only speaks. */
export const porter = declareService({ name: 'porter', env: [], publishes: [sessionEnded] });

/** Only listens. */
export const window = declareService({ name: 'window', env: [], subscribes: [sessionEnded] });

export const printShop = defineTopology({
  streams: [WORK, EVENTS, DLQ, ADVISORY],
  services: [orders, printer, doorbell, porter, window],
  deadLetters: { stream: 'DLQ', prefix: 'dlq' },
});
