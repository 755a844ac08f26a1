import { describe, expect, test } from 'vitest';
import { declareService, defineMessage, defineTopology, inboxPrefix, natsPermissions } from '#messaging';
import { provePermissions } from '#test-support/nats-permission-proof';
import { doorbell, notice, orders, porter, printShop, printer, window } from './print-shop.ts';

provePermissions(printShop);

describe('the lists', () => {
  test('of a worker hold its subjects, its durable and its dead letters', () => {
    expect(natsPermissions(printer, printShop)).toEqual({
      publish: {
        allow: [
          'events.printer.printed',
          '$JS.API.CONSUMER.INFO.WORK.printer-print',
          '$JS.API.CONSUMER.MSG.NEXT.WORK.printer-print',
          '$JS.ACK.WORK.printer-print.>',
          '$JS.ACK._.*.WORK.printer-print.>',
          'dlq.printer.>',
          'progress.*.*',
        ],
        deny: [],
      },
      subscribe: { allow: ['session.ended.*', '_INBOX_printer.>'], deny: ['session.ended.*.>'] },
    });
  });

  test('of a service that asks JetStream for nothing hold no inbox', () => {
    expect(natsPermissions(doorbell, printShop)).toEqual({
      publish: { allow: ['notice.*'], deny: [] },
      subscribe: { allow: ['progress.*.*', 'notice.*'], deny: ['progress.*.*.>', 'notice.*.>'] },
    });
  });

  test('deny everything on the side where nothing is declared', () => {
    expect(natsPermissions(porter, printShop).subscribe).toEqual({ allow: [], deny: ['>'] });
    expect(natsPermissions(window, printShop).publish).toEqual({ allow: [], deny: ['>'] });
  });

  test('of the provisioner hold the streams and durables of all, and nothing that deletes them', () => {
    const { allow } = natsPermissions(orders, printShop).publish;
    const made = allow.filter((subject) => /^\$JS\.API\.(STREAM|CONSUMER)\.(CREATE|UPDATE)\./.test(subject));
    expect(made).toEqual([
      ...['WORK', 'EVENTS', 'DLQ', 'ADVISORY'].flatMap((s) => [
        `$JS.API.STREAM.CREATE.${s}`,
        `$JS.API.STREAM.UPDATE.${s}`,
      ]),
      '$JS.API.CONSUMER.CREATE.EVENTS.orders-printer-printed.events.printer.printed',
      '$JS.API.CONSUMER.CREATE.ADVISORY.orders-used-up.$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.*.*',
      '$JS.API.CONSUMER.CREATE.DLQ.orders-dead-letters.dlq.>',
      '$JS.API.CONSUMER.CREATE.WORK.printer-print.work.print',
    ]);
    expect(allow.filter((subject) => /DIRECT\.GET|\.DELETE\.(?!WORK)/.test(subject))).toEqual([]);
  });

  test('hold each entry once', () => {
    for (const service of printShop.services) {
      const { publish, subscribe } = natsPermissions(service, printShop);
      for (const list of [publish.allow, publish.deny, subscribe.allow, subscribe.deny]) {
        expect(new Set(list).size).toBe(list.length);
      }
    }
  });

  test('do not deny what lies beneath a filter when the service declares that too', () => {
    const place = defineMessage({ subject: 'place.{room}', delivery: 'core', payload: notice.payload });
    const seat = defineMessage({ subject: 'place.{room}.{seat}', delivery: 'core', payload: notice.payload });
    const usher = declareService({ name: 'usher', env: [], subscribes: [place, seat] });
    const topology = defineTopology({ streams: [], services: [usher] });
    expect(natsPermissions(usher, topology).subscribe.deny).toEqual(['place.*.*.>']);
  });

  test('cannot be derived for a durable that no stream feeds', () => {
    const nothing = defineTopology({ streams: [], services: [printer] });
    expect(() => natsPermissions(printer, nothing)).toThrow(/no stream stores the message work\.print/);
  });
});

test('an inbox carries the name of its service', () => {
  expect(inboxPrefix('orders')).toBe('_INBOX_orders');
});
