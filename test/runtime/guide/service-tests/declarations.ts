import {
  consume,
  declareService,
  defineMessage,
  defineStream,
  defineTopology,
  runtimeEnv,
  secretKeys,
} from 'cdk8s-nats/declare';
import { z } from 'zod';

const secrets = secretKeys('shop-secrets');

export const orderPlaced = defineMessage({
  subject: 'events.orders.placed',
  payload: z.object({ orderId: z.uuid(), article: z.string(), count: z.int().positive() }),
});

export const soldOut = defineMessage({
  subject: 'events.stock.sold-out',
  payload: z.object({ article: z.string() }),
});

export const orders = declareService({ name: 'orders', env: [], publishes: [orderPlaced] });

export const stock = declareService({
  name: 'stock',
  databaseSchema: 'stock',
  consumes: [consume(orderPlaced)],
  publishes: [soldOut],
  jetstream: { provisions: true },
  env: runtimeEnv('stock', {
    database: { name: 'shop', password: secrets.key('stock-db-password') },
    nats: { password: secrets.key('stock-nats-password') },
  }),
});

export const topology = defineTopology({
  streams: [
    defineStream({ name: 'EVENTS', subjects: ['events.>'] }),
    defineStream({ name: 'DLQ', subjects: ['dlq.>'] }),
  ],
  services: [orders, stock],
  deadLetters: { stream: 'DLQ', prefix: 'dlq' },
});
