import { defineMigrations, defineService } from 'cdk8s-nats/runtime';
import { sql } from 'kysely';
import type { z } from 'zod';
import { topology } from '../topology.ts';
import { orderPlaced, orders, ordersApi, type order } from './declaration.ts';

const migrations = defineMigrations<{ order: z.infer<typeof order> }>({
  '0001-order': {
    up: async (db) => {
      await sql`create table "order" (id uuid primary key, email text not null, cents integer not null)`.execute(db);
    },
  },
});

/** Takes orders. The row and its message are one transaction: the message is published right after the commit. */
export const service = defineService(orders, {
  api: ordersApi,
  migrations,
  topology,
  handlers: ({ db, transaction, enqueue }) => ({
    placeOrder: async ({ body, creationId }) =>
      await transaction(async (trx) => {
        const placed = { id: creationId, ...body };
        await trx.insertInto('order').values(placed).execute();
        await enqueue(trx, orderPlaced, { aggregate: placed.id, data: placed });
        return placed;
      }),
    listOrders: async () => await db.selectFrom('order').select(['id', 'email', 'cents']).execute(),
  }),
});
