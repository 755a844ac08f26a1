/** All services, and the streams that store their messages. */
import { defineStream, defineTopology } from 'cdk8s-nats/declare';
import { mail } from './mail/declaration.ts';
import { orders } from './orders/declaration.ts';

const MIB = 1024 ** 2;

export const services = [orders, mail] as const;

export const topology = defineTopology({
  services,
  streams: [
    defineStream({ name: 'EVENTS', subjects: ['events.>'], maxAgeSeconds: 7 * 86_400, maxBytes: 1024 * MIB }),
    defineStream({ name: 'DEAD_LETTERS', subjects: ['dlq.>'], maxBytes: 256 * MIB }),
  ],
  deadLetters: { stream: 'DEAD_LETTERS', prefix: 'dlq' },
});
