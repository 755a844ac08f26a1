/** What mail is. */
import { consume, declareService, defineApi, runtimeEnv } from 'cdk8s-nats/declare';
import { z } from 'zod';
import { orderPlaced } from '../orders/declaration.ts';
import { secrets } from '../secrets.ts';

/** A letter about an order. */
export const letter = z.object({ order_id: z.uuid(), email: z.email(), text: z.string() });

/** Its routes, below /api/mail. */
export const mailApi = defineApi('mail', {
  listLetters: {
    method: 'get',
    path: '/letters',
    access: 'public',
    summary: 'List all letters',
    response: z.array(letter),
    status: 200,
  },
});

/** The service. A message that fails five times becomes a dead letter. */
export const mail = declareService({
  name: 'mail',
  route: '/api/mail',
  databaseSchema: 'mail',
  consumes: [consume(orderPlaced, { maxDeliver: 5 })],
  env: runtimeEnv('mail', {
    database: { name: 'app', password: secrets.key('mail-db-password') },
    nats: { password: secrets.key('mail-nats-password') },
  }),
});
