import { defineService } from 'cdk8s-nats/runtime';
import { Router } from 'express';
import { hello } from './declaration.ts';

/** Greets. `config` is typed by the declaration. */
export const service = defineService(hello, {
  router: ({ config }) => Router().get('/', (_request, response) => void response.json({ text: config.GREETING })),
});
