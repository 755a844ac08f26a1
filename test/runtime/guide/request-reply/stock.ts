import { defineService, RequestRefusal } from 'cdk8s-nats/runtime';
import { stock, stockOf, topology } from './declarations.ts';

const articles = new Map([
  ['nails', 3],
  ['glue', 0],
]);

export const service = defineService(stock, {
  topology,
  responders: ({ responder }) => [
    responder(stockOf, ({ data, values }) => {
      const left = articles.get(data.article);
      if (left === undefined) throw new RequestRefusal('unknown_article', `no ${data.article} in ${values.warehouse}`);
      return { left };
    }),
  ],
});
