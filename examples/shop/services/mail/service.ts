import { defineMigrations, defineService } from 'cdk8s-nats/runtime';
import { sql } from 'kysely';
import type { z } from 'zod';
import { orderPlaced } from '../orders/declaration.ts';
import { topology } from '../topology.ts';
import { mail, mailApi, type letter } from './declaration.ts';

const migrations = defineMigrations<{ letter: z.infer<typeof letter> }>({
  '0001-letter': {
    up: async (db) => {
      await sql`create table letter (order_id uuid primary key, email text not null, text text not null)`.execute(db);
    },
  },
});

/** Writes a letter for each order. The letter and the inbox entry are one transaction: a redelivery writes no second one. */
export const service = defineService(mail, {
  api: mailApi,
  migrations,
  topology,
  handlers: ({ db }) => ({
    listLetters: async () => await db.selectFrom('letter').select(['order_id', 'email', 'text']).execute(),
  }),
  consumers: ({ log, transactionalConsumer }) => [
    transactionalConsumer(orderPlaced, async ({ data: { id, email, cents } }, trx) => {
      const text = `Thank you for your order of ${(cents / 100).toFixed(2)} euros.`;
      await trx.insertInto('letter').values({ order_id: id, email, text }).execute();
      return () => log.info({ order: id }, 'letter written'); // runs after the commit, at most once
    }),
  ],
});
