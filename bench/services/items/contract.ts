/** What both stacks offer: the items service. Its peer in fastapi/items.py has the same routes, rows, messages and limit. */
import { platformEnv } from '#catalog';
import { defineApi, type ServiceName } from '#contracts';
import { consume, declareService, defineMessage, defineStream, defineTopology } from '#declare';
import { z } from 'zod';

const item = z.object({
  itemId: z.uuid(),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  views: z.int(),
  createdAt: z.iso.datetime(),
});
const itemBody = z.strictObject({
  title: z.string().min(1).max(120),
  description: z.string().max(2000),
  tags: z.array(z.string().max(40)).max(10),
});
const itemParams = z.object({ itemId: z.uuid() });

/** Told after an insert. */
export const itemAdded = defineMessage({
  subject: 'events.items.added',
  payload: z.object({ itemId: z.uuid(), title: z.string() }),
});

/** What the consumer counts. */
export const itemOrdered = defineMessage({
  subject: 'events.items.ordered',
  payload: z.object({ itemId: z.uuid(), buyerId: z.uuid(), pieces: z.int() }),
});

/** Its declaration: a service like the seven. */
export const items = declareService({
  name: 'items',
  route: '/api/items',
  env: [...platformEnv('items' as ServiceName)],
  publishes: [itemAdded, itemOrdered],
  consumes: [consume(itemOrdered)],
  jetstream: { provisions: true },
  databaseSchema: 'items',
  redisKeys: { writes: ['items:*', 'rl:items:*'], reads: ['session:*'] },
});

/** One stream for events; nothing dies here. */
export const itemsTopology = defineTopology({
  streams: [
    defineStream({ name: 'EVENTS', subjects: ['events.>'] }),
    defineStream({ name: 'DLQ', subjects: ['dlq.>'] }),
  ],
  services: [items],
  deadLetters: { stream: 'DLQ', prefix: 'dlq' },
});

/** Its HTTP face. */
export const itemsApi = defineApi('items', {
  readItem: {
    method: 'get',
    path: '/items/:itemId',
    access: 'public',
    summary: 'An item',
    params: itemParams,
    response: item,
    status: 200,
  },
  readOwnItem: {
    method: 'get',
    path: '/own-items/:itemId',
    access: 'session',
    summary: 'An item, for somebody who is logged in',
    params: itemParams,
    response: item,
    status: 200,
  },
  addItem: {
    method: 'post',
    path: '/items',
    access: 'public',
    summary: 'Insert an item and publish it, acknowledged before the answer',
    body: itemBody,
    response: item,
    status: 201,
  },
  addItemByOutbox: {
    method: 'post',
    path: '/outbox-items',
    access: 'public',
    summary: 'Insert an item and its message in one transaction; a relay publishes it',
    body: itemBody,
    response: item,
    status: 201,
  },
});
