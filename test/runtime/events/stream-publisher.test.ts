import { StorageType, DiscardPolicy, MsgHdrsImpl } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningNats } from '#local';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { createLogger, type StreamPublisher } from '#runtime';
import { TcpProxy } from '#test-support/tcp-proxy';
import { streamPublisher } from '../../../src/runtime/events/stream-publisher.ts';
import { startNats } from '#test-support/nats';

const FULL_AT = 2;
const bytes = new TextEncoder().encode('{}');

let server: RunningNats;
let link: OpenNats;
let publish: StreamPublisher;

beforeAll(async () => {
  server = await startNats();
  const log = createLogger({ service: 'test', version: '0', level: 'silent' });
  link = await openNats({
    ...{ url: server.url, user: '', password: '', name: 'test', inboxPrefix: '_INBOX_test', deadlineMs: 10_000, log },
    onFatal: () => undefined,
  });
  publish = link.publishToStream;
  const { streams } = await link.connection.jetstreamManager();
  await streams.add({ name: 'EVENTS', subjects: ['events.>'], storage: StorageType.Memory });
  const limit = { max_msgs: FULL_AT, discard: DiscardPolicy.New };
  await streams.add({ name: 'SMALL', subjects: ['small.>'], storage: StorageType.Memory, ...limit });
});

afterAll(async () => {
  await link.close();
  await server.stop();
});

it('gives each message its own acknowledgement, in the order they were published', async () => {
  const ids = Array.from({ length: 200 }, (_, i) => `order:${i}`);
  const kept = await Promise.all(ids.map(async (id) => await publish('events.a', id, bytes)));
  const [first = { sequence: 0 }] = kept;
  expect(kept.map(({ sequence }) => sequence)).toEqual(ids.map((_, i) => first.sequence + i));
  const manager = await link.connection.jetstreamManager();
  const last = await manager.streams.getMessage('EVENTS', { last_by_subj: 'events.a' });
  expect([last.header.get('Nats-Msg-Id'), last.string()]).toEqual(['order:199', '{}']);
});

it('says that a stream had a message already', async () => {
  const { sequence, duplicate } = await publish('events.b', 'twice', bytes);
  expect(duplicate).toBe(false);
  expect(await publish('events.b', 'twice', bytes)).toEqual({ sequence, duplicate: true });
});

it('refuses what no stream takes, and tells what a stream refused', async () => {
  await expect(publish('nobody.listens', 'lost', bytes)).rejects.toMatchObject({ name: 'NatsError', code: '503' });
  for (let i = 0; i < FULL_AT; i += 1) await publish('small.a', `small:${i}`, bytes);
  await expect(publish('small.a', 'too-many', bytes)).rejects.toMatchObject({
    name: 'NatsError',
    message: 'maximum messages exceeded',
    api_error: { err_code: 10077 },
  });
});

it('takes no answer of somebody else for that of a stream', async () => {
  const impostor = link.connection.subscribe('forged.a', {
    callback: (_error, message) => void message.respond(JSON.stringify({ ok: true })),
  });
  await expect(publish('forged.a', 'forged', bytes)).rejects.toMatchObject({ name: 'NatsError' });
  impostor.unsubscribe();
});

it('outlives an answer whose header is malformed', async () => {
  const headers = MsgHdrsImpl.fromRecord({ 'bad key': ['x'] });
  const impostor = link.connection.subscribe('forged.b', {
    callback: (_error, message) => void message.respond('', { headers }),
  });
  await expect(publish('forged.b', 'forged', bytes)).rejects.toMatchObject({ code: 'BAD_HEADER' });
  impostor.unsubscribe();
  expect(await publish('events.e', 'heard', bytes)).toMatchObject({ duplicate: false });
});

it('gives up in time when nobody acknowledges, and takes no later answer for that of another', async () => {
  const { publish: hasty } = streamPublisher(link.connection, { inboxPrefix: '_INBOX_test', timeoutMs: 50 });
  const asked = link.connection.subscribe('mute.a');
  await expect(hasty('mute.a', 'unheard', bytes)).rejects.toMatchObject({ name: 'NatsError', code: 'TIMEOUT' });
  for await (const message of asked) {
    message.respond(JSON.stringify({ seq: 999_999 }));
    break;
  }
  expect((await hasty('events.c', 'heard', bytes)).sequence).toBeLessThan(999_999);
});

it('knows a denial that comes after it gave up for that of its own message, and no more than one', async () => {
  const late = streamPublisher(link.connection, { inboxPrefix: '_INBOX_test', timeoutMs: 50 });
  const asked = link.connection.subscribe('mute.c');
  expect(late.denied('mute.c')).toBe(false);
  await expect(late.publish('mute.c', 'unheard', bytes)).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect([late.denied('mute.d'), late.denied('mute.c'), late.denied('mute.c')]).toEqual([false, true, false]);
  asked.unsubscribe();
});

it('fails at once what waits when the connection is lost, and sends none of it later', async () => {
  const proxy = await TcpProxy.before(server);
  const log = createLogger({ service: 'test', version: '0', level: 'silent' });
  const other = await openNats({
    ...{ url: `nats://127.0.0.1:${proxy.port}`, user: '', password: '', name: 'other', inboxPrefix: '_INBOX_other' },
    ...{ deadlineMs: 10_000, log, onFatal: () => undefined },
  });
  const asked = link.connection.subscribe('mute.b', { max: 1 });
  await link.connection.flush();
  const waiting = other.publishToStream('mute.b', 'unheard', bytes);
  for await (const _ of asked) proxy.cut();
  await expect(waiting).rejects.toMatchObject({ name: 'NatsError', code: 'DISCONNECT' });
  await other.close();
  await proxy.stop();
});

it('rejects when the connection is closed', async () => {
  const log = createLogger({ service: 'test', version: '0', level: 'silent' });
  const other = await openNats({
    ...{ url: server.url, user: '', password: '', name: 'other', inboxPrefix: '_INBOX_other', deadlineMs: 10_000, log },
    onFatal: () => undefined,
  });
  await other.close();
  await expect(other.publishToStream('events.d', 'late', bytes)).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
});
