/** A shop whose orders are told by the outbox and counted by the inbox, for tests that kill it. */
import { platformEnv } from '#catalog';
import type { ServiceName } from '#contracts';
import { consume, declareService, defineApi, defineMessage, defineStream, defineTopology } from '#declare';
import { defineMigrations, defineService } from '#runtime';
import { sql } from 'kysely';
import { z } from 'zod';

export const orderPlaced = defineMessage({ subject: 'events.shop.placed', payload: z.object({ n: z.int() }) });

export const shop = declareService({
  name: 'shop',
  route: '/api/shop',
  env: platformEnv('shop' as ServiceName),
  publishes: [orderPlaced],
  consumes: [consume(orderPlaced, { nakDelaysSeconds: [0.05], maxDeliver: 8, ackWaitSeconds: 1 })],
  jetstream: { provisions: true },
  databaseSchema: 'shop',
  redisKeys: { writes: ['rl:shop:*'] },
});

export const shopTopology = defineTopology({
  streams: [
    defineStream({ name: 'EVENTS', subjects: ['events.>'] }),
    defineStream({ name: 'DLQ', subjects: ['dlq.>'] }),
  ],
  services: [shop],
  deadLetters: { stream: 'DLQ', prefix: 'dlq' },
});

const api = defineApi('shop', {
  placeOrder: {
    method: 'post',
    path: '/orders',
    access: 'public',
    summary: 'Place an order',
    body: z.strictObject({ n: z.int() }),
    response: z.object({ n: z.int() }),
    status: 201,
  },
});

interface ShopTables {
  readonly placed: { readonly n: number };
  /** One row for each time that an order had its effect. */
  readonly effect: { readonly n: number };
}

const migrations = defineMigrations<ShopTables>({
  '0001-orders': {
    async up(db) {
      await sql`create table placed (n integer primary key)`.execute(db);
      await sql`create table effect (n integer not null)`.execute(db);
    },
  },
});

export const shopDefinition = defineService(shop, {
  api,
  migrations,
  topology: shopTopology,
  handlers: (service) => ({
    placeOrder: async ({ body: { n } }) => {
      await service.transaction(async (trx) => {
        await trx
          .insertInto('placed')
          .values({ n })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await service.enqueue(trx, orderPlaced, { id: `order-${n}`, aggregate: `customer-${n % 7}`, data: { n } });
      });
      return { n };
    },
  }),
  consumers: (service) => [
    service.transactionalConsumer(orderPlaced, async ({ data: { n } }, trx) => {
      await trx.insertInto('effect').values({ n }).execute();
    }),
  ],
});
