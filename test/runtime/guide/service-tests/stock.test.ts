import { startForTest } from 'cdk8s-nats/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { orderPlaced, soldOut } from './declarations.ts';
import { service } from './stock.ts';

const stock = await startForTest(service);
afterAll(async () => await stock.stop());

async function order(count: number): Promise<void> {
  const orderId = randomUUID();
  await stock.publish(orderPlaced, { aggregate: orderId, data: { orderId, article: 'nails', count } });
}

it('takes what is ordered from the stock', async () => {
  await order(2);
  await stock.handled();
  const response = await fetch(`${stock.url}/api/stock`);
  expect(await response.json()).toEqual([{ article: 'nails', count: 1 }]);
});

it('tells when an article is sold out', async () => {
  await order(1);
  expect(await stock.received(soldOut)).toEqual({ article: 'nails' });
});
