/** Two services of a shop, each declared once. In an app of your own the import is from `cdk8s-nats/declare`. */
import { consume, declareService, defineMessage, defineStream, defineTopology, Env, secretKeys } from '#declare';
import * as z from 'zod';

const secrets = secretKeys('shop-secrets');

const orderPlaced = defineMessage({
  subject: 'shop.orders.placed',
  payload: z.object({ orderId: z.string(), email: z.email(), totalCents: z.int().nonnegative() }),
});

const orders = declareService({
  name: 'orders',
  route: '/orders',
  databaseSchema: 'orders',
  publishes: [orderPlaced],
  jetstream: { provisions: true },
  env: [
    Env.value('DATABASE_URL', 'postgresql://$(DB_USER):$(DB_PASS)@postgres:5432/shop'),
    Env.value('DB_USER', 'orders'),
    Env.secret('DB_PASS', secrets.key('orders-db-password')),
    Env.value('DB_SCHEMA', '$(DB_USER)'),
    Env.value('DB_POOL_MAX', 5),
    Env.value('NATS_USER', 'orders'),
    Env.secret('NATS_PASSWORD', secrets.key('orders-nats-password')),
  ],
});

const mail = declareService({
  name: 'mail',
  consumes: [consume(orderPlaced, { maxDeliver: 5 })],
  env: [
    Env.value('NATS_USER', 'mail'),
    Env.secret('NATS_PASSWORD', secrets.key('mail-nats-password')),
    Env.value('SMTP_HOST', 'smtp.example.net'),
    Env.value('SMTP_PORT', 587),
    Env.secret('SMTP_PASSWORD', secrets.key('smtp-password')),
  ],
});

/** The services of the shop. */
export const services = [orders, mail] as const;

/** What travels between them. */
export const topology = defineTopology({
  services,
  streams: [defineStream({ name: 'SHOP', subjects: ['shop.>'], maxAgeSeconds: 3 * 86_400 })],
});
