import { declareService, defineRequest, defineTopology, runtimeEnv, secretKeys } from 'cdk8s-nats/declare';
import { z } from 'zod';

const secrets = secretKeys('shop-secrets');

/** How many of an article a warehouse has. */
export const stockOf = defineRequest({
  subject: 'rpc.stock.{warehouse}',
  payload: z.object({ article: z.string() }),
  reply: z.object({ left: z.int() }),
  timeoutSeconds: 3,
});

export const stock = declareService({
  name: 'stock',
  responds: [stockOf],
  env: runtimeEnv('stock', { nats: { password: secrets.key('stock-nats-password') } }),
});

export const shop = declareService({
  name: 'shop',
  requests: [stockOf],
  env: runtimeEnv('shop', { nats: { password: secrets.key('shop-nats-password') } }),
});

export const topology = defineTopology({ streams: [], services: [stock, shop] });
