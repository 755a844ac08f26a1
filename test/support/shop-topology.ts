/** A small shop for tests of the library: nothing in it is of the video platform. */
import { z } from 'zod';
import { consume, declareService, defineMessage, defineStream, defineTopology, Env, secretKeys } from '#declare';

const secrets = secretKeys('shop-secrets');

export const orderPlaced = defineMessage({ subject: 'shop.orders.placed', payload: z.object({ id: z.string() }) });
export const parcelMoved = defineMessage({
  subject: 'parcel.{customer}',
  payload: z.object({ at: z.string() }),
  delivery: 'core',
});

/** Takes orders; the only one to write carts in Redis; provisions the streams. */
export const orders = declareService({
  name: 'orders',
  env: [...login('orders'), Env.value('DB_POOL_MAX', 4), Env.value('DB_NAME', 'shop')],
  publishes: [orderPlaced],
  jetstream: { provisions: true },
  databaseSchema: 'orders',
  redisKeys: { writes: ['cart:*', 'orders:*'] },
});

/** Sends parcels; reads carts. */
export const mail = declareService({
  name: 'mail-room',
  env: login('mail-room'),
  publishes: [parcelMoved],
  consumes: [consume(orderPlaced)],
  databaseSchema: 'mail_room',
  redisKeys: { writes: ['mail-room:*'], reads: ['cart:*'] },
});

/** Only listens; keeps nothing. */
export const screen = declareService({ name: 'screen', env: login('screen'), subscribes: [parcelMoved] });

/** Uses no store at all. */
export const page = declareService({ name: 'page', env: [] });

export const SHOP_SERVICES = [orders, mail, screen, page] as const;

export const SHOP_STREAM = defineStream({ name: 'SHOP', subjects: ['shop.>'], maxBytes: 256 * 1024 ** 2 });

export const shop = defineTopology({ streams: [SHOP_STREAM], services: SHOP_SERVICES });

function login(service: string) {
  return [
    Env.value('NATS_USER', service),
    Env.secret('NATS_PASSWORD', secrets.key(`${service}-nats`)),
    Env.value('REDIS_USER', service),
    Env.secret('REDIS_PASSWORD', secrets.key(`${service}-redis`)),
    Env.value('DB_USER', service),
    Env.secret('DB_PASS', secrets.key(`${service}-db`)),
  ] as const;
}
