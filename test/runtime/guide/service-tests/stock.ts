import { defineMigrations, defineService } from 'cdk8s-nats/runtime';
import { Router } from 'express';
import { sql } from 'kysely';
import { orderPlaced, soldOut, stock, topology } from './declarations.ts';

const migrations = defineMigrations<{ stock: { article: string; count: number } }>({
  '0001-stock': {
    up: async (db) => {
      await sql`create table stock (article text primary key, count integer not null)`.execute(db);
      await sql`insert into stock values ('nails', 3)`.execute(db);
    },
  },
});

export const service = defineService(stock, {
  migrations,
  topology,
  router: ({ db }) =>
    Router().get('/', async (_request, response) => {
      response.json(await db.selectFrom('stock').selectAll().execute());
    }),
  consumers: ({ transactionalConsumer, enqueue }) => [
    transactionalConsumer(orderPlaced, async ({ data: { article, count } }, trx) => {
      const left = await trx
        .updateTable('stock')
        .set((eb) => ({ count: eb('count', '-', count) }))
        .where('article', '=', article)
        .returning('count')
        .executeTakeFirst();
      if (left?.count === 0) await enqueue(trx, soldOut, { aggregate: article, data: { article } });
    }),
  ],
});
