import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { changedFields, consume, consumerConfig, defineMessage, defineStream, streamConfig } from '#messaging';
import { startNats } from '#test-support/nats';
import type { RunningNats } from '#local';
import { deadLetter, EVENTS, orders, printer, printShop, WORK } from './print-shop.ts';

type StreamInput = Parameters<JetStreamManager['streams']['add']>[0];
type ConsumerInput = Parameters<JetStreamManager['consumers']['add']>[1];

let server: RunningNats;
let connection: NatsConnection;
let manager: JetStreamManager;

beforeAll(async () => {
  server = await startNats(undefined, { foreign: false });
  connection = await connect({ servers: server.url });
  manager = await connection.jetstreamManager();
});

afterAll(async () => {
  await connection.close();
  await server.stop();
});

describe('a stream', () => {
  test('is described in the words of the API, with nanoseconds', () => {
    expect(streamConfig(EVENTS, { replicas: 3 })).toEqual({
      ...{ name: 'EVENTS', subjects: ['events.>'], retention: 'limits', storage: 'file', discard: 'old' },
      ...{ max_age: 604_800_000_000_000, max_bytes: -1, duplicate_window: 120_000_000_000, num_replicas: 3 },
    });
  });

  test('refuses new work rather than losing old when it is a work queue', () => {
    expect(streamConfig(WORK, { replicas: 1 }).discard).toBe('new');
  });

  test.each(printShop.streams)('$name is made by the server just as it was described', async (stream) => {
    const wanted = streamConfig(stream, { replicas: 1 });
    const { config } = await manager.streams.add(wanted as StreamInput);
    expect(changedFields(wanted, config)).toEqual([]);
  });
});

describe('a durable', () => {
  const durables = printShop.services.flatMap((service) => service.consumes.map((consumer) => ({ service, consumer })));

  test('is described in the words of the API, without backoff, several filters or metadata', () => {
    const [consumer] = printer.consumes;
    if (consumer === undefined) throw new Error('the printer consumes nothing');
    expect(consumerConfig(printer, consumer, printShop)).toEqual({
      ...{ durable_name: 'printer-print', filter_subject: 'work.print' },
      ...{ deliver_policy: 'all', ack_policy: 'explicit', replay_policy: 'instant' },
      ...{ ack_wait: 60_000_000_000, max_deliver: 6, max_ack_pending: 256 },
    });
  });

  test.each(durables)(
    'of $service.name for $consumer.topic is made just as described',
    async ({ service, consumer }) => {
      const wanted = consumerConfig(service, consumer, printShop);
      const stream = printShop.streams.find(({ subjects }) => subjects.includes(wanted.filter_subject)) ?? EVENTS;
      const { config } = await manager.consumers.add(stream.name, wanted as ConsumerInput);
      expect(changedFields(wanted, config)).toEqual([]);
    },
  );

  test('needs a stream that keeps its message', () => {
    const stray = defineMessage({ subject: 'stray.thing', payload: deadLetter.payload });
    expect(() => consumerConfig(orders, consume(stray), printShop)).toThrow(
      'no stream stores the message stray.thing (streams: WORK, EVENTS, DLQ, ADVISORY), but a durable consumer needs one: add its subject to a stream',
    );
  });
});

describe('the server refuses what topologyFaults names', () => {
  test('a stream that overlaps another', async () => {
    const overlapping = defineStream({ name: 'MORE', subjects: ['events.more.*'] });
    const refused = manager.streams.add(streamConfig(overlapping, { replicas: 1 }) as StreamInput);
    await expect(refused).rejects.toThrow(/subjects overlap/);
  });

  test('a second durable for the same work', async () => {
    const [consumer] = printer.consumes;
    if (consumer === undefined) throw new Error('the printer consumes nothing');
    const second = consumerConfig({ name: 'copier' }, consumer, printShop);
    await expect(manager.consumers.add(WORK.name, second as ConsumerInput)).rejects.toThrow(
      /filtered consumer not unique/,
    );
  });

  test('a duplicate window longer than the age', async () => {
    const stream = defineStream({ name: 'SHORT', subjects: ['short'], maxAgeSeconds: 60 });
    const refused = manager.streams.add(streamConfig(stream, { replicas: 1 }) as StreamInput);
    await expect(refused).rejects.toThrow(/duplicates window/);
  });
});

test('names the fields that differ and leaves alone those that nobody asked for', () => {
  const wanted = streamConfig(defineStream({ name: 'A', subjects: ['a', 'b'] }), { replicas: 1 });
  expect(changedFields(wanted, { ...wanted, max_msgs: 5, subjects: ['a', 'b'] })).toEqual([]);
  expect(changedFields(wanted, { ...wanted, subjects: ['a'], max_age: 7 })).toEqual(['subjects', 'max_age']);
  expect(changedFields(wanted, { ...wanted, max_age: undefined })).toEqual([]);
});
