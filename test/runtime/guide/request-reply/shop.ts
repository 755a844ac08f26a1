import { defineService, notFound, RequestError } from 'cdk8s-nats/runtime';
import { Router } from 'express';
import { shop, stockOf, topology } from './declarations.ts';

export const service = defineService(shop, {
  topology,
  router: ({ request }) =>
    Router().get('/articles/:article', async ({ params }, response) => {
      try {
        const { left } = await request(stockOf, { values: { warehouse: 'north' }, data: { article: params.article } });
        response.json({ article: params.article, left });
      } catch (error) {
        if (error instanceof RequestError && error.refusal?.code === 'unknown_article') throw notFound();
        throw error; // no reply becomes 503
      }
    }),
});
