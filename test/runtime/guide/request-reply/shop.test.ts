import { startForTest } from 'cdk8s-nats/testing';
import { RequestRefusal } from 'cdk8s-nats/runtime';
import { afterAll, expect, it } from 'vitest';
import { stockOf } from './declarations.ts';
import { service } from './shop.ts';

const shop = await startForTest(service);
await shop.respond(stockOf, ({ data }) => {
  if (data.article !== 'nails') throw new RequestRefusal('unknown_article', 'no such article');
  return { left: 7 };
});
afterAll(async () => await shop.stop());

it('shows what is left', async () => {
  const response = await fetch(`${shop.url}/api/shop/articles/nails`);
  expect(await response.json()).toEqual({ article: 'nails', left: 7 });
});

it('has no page for an unknown article', async () => {
  expect((await fetch(`${shop.url}/api/shop/articles/gold`)).status).toBe(404);
});
