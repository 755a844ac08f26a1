import { AckPolicy } from 'nats';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { consume, declareService, defineMessage, defineStream, defineTopology } from '#declare';
import type { RunningNats } from '#local';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { keepProvisioned, provision } from '#runtime/events/provisioner';
import { fillReport, roomMaker } from '#runtime/events/stream-fill';
import { createLogger } from '#runtime';
import { eventually } from '#test-support/eventually';
import { startNats } from '#test-support/nats';

/** 96 messages fit. Nats-server 2.9 drops the oldest one if a message fits without its 42 bytes of record, but not with them. */
const MAX_BYTES = 100_500;
const FULL = { api_error: { description: 'maximum bytes exceeded' } };
const quick = defineMessage({ subject: 'events.quick', payload: z.object({}) });
const slow = defineMessage({ subject: 'events.slow', payload: z.object({}) });
const topology = defineTopology({
  streams: [
    defineStream({ name: 'EVENTS', subjects: ['events.>'], maxBytes: MAX_BYTES, discard: 'new' }),
    defineStream({ name: 'UNREAD', subjects: ['unread.>'], maxBytes: MAX_BYTES, discard: 'new' }),
  ],
  services: [
    declareService({ name: 'reader', env: [], publishes: [quick, slow], consumes: [consume(quick), consume(slow)] }),
  ],
});

const silent = createLogger({ service: 'test', version: '0', level: 'silent' });
const makeRoom = roomMaker(topology, silent);
let server: RunningNats;
let link: OpenNats;

beforeAll(async () => {
  server = await startNats();
  link = await openNats({
    ...{ url: server.url, user: '', password: '', name: 'test', inboxPrefix: '_INBOX_test', deadlineMs: 10_000 },
    log: silent,
    onFatal: () => undefined,
  });
  await provision(link, topology);
});

afterAll(async () => {
  await link.close();
  await server.stop();
});

it('a full stream refuses what comes and drops nothing that a durable has not read', async () => {
  await publish('events.slow', 1);
  await fill('events.quick');
  await read('reader-quick', 10_000);
  const room = makeRoom(await manager());
  // the first message is unread, so nothing before it can go
  expect(await room).toContainEqual({ stream: 'EVENTS', bytes: expect.any(Number), maxBytes: MAX_BYTES });
  expect((await state()).first_seq).toBe(1);
  await expect(publish('events.quick', 1)).rejects.toMatchObject(FULL);

  await read('reader-slow', 1);
  const [events] = await makeRoom(await manager());
  expect(events?.bytes).toBe(0);
  await publish('events.quick', 1);
});

it('a message that is delivered and not acknowledged stays, with all after it', async () => {
  await read('reader-quick', 1);
  const kept = (await state()).last_seq + 1;
  await publish('events.slow', 1);
  const consumer = await link.connection.jetstream().consumers.get('EVENTS', 'reader-slow');
  const held = await consumer.next({ expires: 5000 });
  await fill('events.quick');
  await read('reader-quick', 10_000);
  await makeRoom(await manager());
  expect((await state()).first_seq).toBeLessThanOrEqual(kept);
  await held?.ackAck();
  await makeRoom(await manager());
  expect((await state()).messages).toBe(0);
});

it('nothing is purged that no durable reads', async () => {
  await fill('unread.thing');
  const before = (await (await manager()).streams.info('UNREAD')).state.messages;
  await makeRoom(await manager());
  expect((await (await manager()).streams.info('UNREAD')).state.messages).toBe(before);
});

it('nothing is purged while a consumer that is not declared may have unread messages, and that is logged once', async () => {
  const { log, said } = loud();
  const carefully = roomMaker(topology, log);
  const streams = await manager();
  await streams.consumers.add('EVENTS', { durable_name: 'operator', ack_policy: AckPolicy.Explicit });
  await fill('events.quick');
  await read('reader-quick', 10_000);
  const { messages } = await state();
  await carefully(streams);
  await carefully(streams);
  expect((await state()).messages).toBe(messages);
  expect(said).toMatchObject([{ level: 'warn', stream: 'EVENTS', consumers: 3, declared: 2 }]);

  await streams.consumers.delete('EVENTS', 'operator');
  await carefully(streams);
  expect([(await state()).messages, said.length]).toEqual([0, 1]);
});

it('a stream that cannot be read is named, and the others get their room', async () => {
  const { log, said } = loud();
  const gone = defineStream({ name: 'GONE', subjects: ['gone.>'], maxBytes: MAX_BYTES, discard: 'new' });
  const look = roomMaker({ ...topology, streams: [gone, ...topology.streams] }, log);
  expect((await look(await manager())).map(({ stream }) => stream)).toEqual(['EVENTS', 'UNREAD']);
  const msg = 'stream usage could not be read, retrying later';
  expect(said).toMatchObject([{ level: 'warn', msg, stream: 'GONE', reason: 'stream not found' }]);
});

it('a provisioner makes room, whether or not it reports the fill', async () => {
  await fill('events.quick');
  await read('reader-quick', 10_000);
  const provisioner = keepProvisioned(link, topology, { everyMs: 20, log: silent });
  await eventually(async () => expect((await state()).messages).toBe(0));
  await provisioner.stop();
});

it('the fill is in /metrics, and a stream that is nearly full in the log', async () => {
  const registry = new Registry();
  const { log, said } = loud();
  const { report } = fillReport(registry, log);
  report([
    { stream: 'EVENTS', bytes: 90, maxBytes: 100 },
    { stream: 'DLQ', bytes: 10, maxBytes: 100 },
  ]);
  expect(await registry.metrics()).toContain('nats_stream_bytes{stream="EVENTS"} 90');
  expect(await registry.metrics()).toContain('nats_stream_max_bytes{stream="DLQ"} 100');
  expect(said).toMatchObject([{ level: 'warn', stream: 'EVENTS', percent: 90 }]);
});

/** A logger, and what it said. */
function loud() {
  const said: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void said.push(JSON.parse(line) as Record<string, unknown>) };
  return { said, log: createLogger({ service: 'x', version: '1', level: 'info', destination }) };
}

async function manager() {
  return await link.connection.jetstreamManager({ checkAPI: false });
}

async function state() {
  return (await (await manager()).streams.info('EVENTS')).state;
}

async function publish(subject: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await link.connection.jetstream().publish(subject, 'x'.repeat(1000));
}

/** Publishes until the stream refuses. */
async function fill(subject: string): Promise<void> {
  await expect(publish(subject, 200)).rejects.toMatchObject(FULL);
}

/** Acknowledges what a durable has, at most so many messages. */
async function read(durable: string, atMost: number): Promise<void> {
  const consumer = await link.connection.jetstream().consumers.get('EVENTS', durable);
  const { num_pending } = await consumer.info();
  for (let n = 0; n < Math.min(num_pending, atMost); n++) await (await consumer.next({ expires: 5000 }))?.ackAck();
}
