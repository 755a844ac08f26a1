import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineMessage, defineStream, defineTopology, type Stream } from '#declare';
import { inboxAge } from '#runtime/database/inbox-age';

const DAY = 86_400;
const placed = defineMessage({ subject: 'orders.placed', payload: z.object({}) });
const paid = defineMessage({ subject: 'invoices.paid', payload: z.object({}) });

type Limits = Partial<Pick<Stream, 'maxAgeSeconds' | 'retention'>>;

/** The age for a service that consumes what both streams store. */
function ageWith(orders: Limits, invoices: Limits = { maxAgeSeconds: DAY }) {
  const streams = [
    defineStream({ name: 'ORDERS', subjects: ['orders.>'], ...orders }),
    defineStream({ name: 'INVOICES', subjects: ['invoices.>'], ...invoices }),
    defineStream({ name: 'FOREIGN', subjects: ['foreign.>'] }),
  ];
  return inboxAge([{ message: placed }, { message: paid }], defineTopology({ streams, services: [] }));
}

it('is two weeks at least', () => {
  expect(ageWith({ maxAgeSeconds: 7 * DAY })).toEqual({ seconds: 14 * DAY, unlimited: [] });
});

it('is a day more than the longest age of the streams that the service consumes', () => {
  expect(ageWith({ maxAgeSeconds: 90 * DAY }).seconds).toBe(91 * DAY);
  expect(ageWith({ maxAgeSeconds: DAY }, { maxAgeSeconds: 30 * DAY, retention: 'workqueue' }).seconds).toBe(31 * DAY);
});

it('has no end where one of those streams keeps what was acknowledged without an end', () => {
  expect(ageWith({ maxAgeSeconds: 0 })).toEqual({ seconds: undefined, unlimited: ['ORDERS'] });
});

it.each(['workqueue', 'interest'] as const)('is two weeks where a stream of %s has no age', (retention) => {
  expect(ageWith({ retention }).seconds).toBe(14 * DAY);
});
