/** What orders is. The charts, its process and the services that consume its message import this file. */
import { declareService, defineApi, defineMessage, runtimeEnv } from 'cdk8s-nats/declare';
import { z } from 'zod';
import { secrets } from '../secrets.ts';

/** An order, in the table, in responses and in the message. */
export const order = z.object({ id: z.uuid(), email: z.email(), cents: z.int().positive() });

/** An order was placed. */
export const orderPlaced = defineMessage({ subject: 'events.orders.placed', payload: order });

/** Its routes, below /api/orders. */
export const ordersApi = defineApi('orders', {
  placeOrder: {
    method: 'post',
    path: '/',
    access: 'public',
    summary: 'Place an order',
    body: order.omit({ id: true }),
    response: order,
    status: 201,
  },
  listOrders: {
    method: 'get',
    path: '/',
    access: 'public',
    summary: 'List all orders',
    response: z.array(order),
    status: 200,
  },
});

/** The service. It creates the streams of all services. */
export const orders = declareService({
  name: 'orders',
  route: '/api/orders',
  databaseSchema: 'orders',
  publishes: [orderPlaced],
  jetstream: { provisions: true },
  env: runtimeEnv('orders', {
    database: { name: 'app', password: secrets.key('orders-db-password') },
    nats: { password: secrets.key('orders-nats-password') },
  }),
});
