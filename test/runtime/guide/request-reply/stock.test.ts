import { startForTest } from 'cdk8s-nats/testing';
import { afterAll, expect, it } from 'vitest';
import { stockOf } from './declarations.ts';
import { service } from './stock.ts';

const stock = await startForTest(service);
afterAll(async () => await stock.stop());

it('replies how many are left', async () => {
  const reply = await stock.request(stockOf, { values: { warehouse: 'north' }, data: { article: 'nails' } });
  expect(reply).toEqual({ left: 3 });
});

it('refuses an article that it does not know', async () => {
  const asking = stock.request(stockOf, { values: { warehouse: 'north' }, data: { article: 'gold' } });
  await expect(asking).rejects.toMatchObject({ refusal: { code: 'unknown_article', message: 'no gold in north' } });
});
