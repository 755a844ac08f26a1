import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { afterEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  consume,
  declareService,
  defineMessage,
  defineRequest,
  defineStream,
  defineTopology,
  Env,
  runtimeEnv,
  secretKeys,
} from '#declare';
import { startNats, startPostgres, startRedis } from '#local';
import { defineMigrations, defineService, PermanentError, RequestError } from '#runtime';
import { startForTest } from '#testing';

const secrets = secretKeys('test-secrets');
const said = defineMessage({ subject: 'events.said', payload: z.object({ text: z.string() }) });
const whispered = defineMessage({ subject: 'whisper.{to}', payload: z.object({ text: z.string() }), delivery: 'core' });
const echoed = defineMessage({ subject: 'events.echoed', payload: z.object({ text: z.string() }) });
const murmured = defineMessage({ subject: 'murmur', payload: z.object({ text: z.string() }), delivery: 'core' });
const lengthOf = defineRequest({ subject: 'rpc.length', payload: z.string(), reply: z.int() });
const wordOf = defineRequest({ subject: 'rpc.word', payload: z.int(), reply: z.string(), timeoutSeconds: 1 });

const echo = declareService({
  name: 'echo',
  databaseSchema: 'echo',
  redisKeys: { writes: ['echo:*'] },
  consumes: [consume(said, { maxDeliver: 2, nakDelaysSeconds: [0.05] })],
  subscribes: [whispered],
  publishes: [echoed, murmured],
  responds: [lengthOf],
  requests: [wordOf],
  env: [
    ...runtimeEnv('echo', {
      database: { name: 'app', password: secrets.key('echo-db') },
      nats: { password: secrets.key('echo-nats') },
      redis: { password: secrets.key('echo-redis') },
    }),
    Env.value('PREFIX', 'you said'),
  ],
});
const speaker = declareService({
  name: 'speaker',
  env: [],
  publishes: [said, whispered],
  jetstream: { provisions: true },
});
const topology = defineTopology({
  streams: [
    defineStream({ name: 'EVENTS', subjects: ['events.>'] }),
    defineStream({ name: 'DLQ', subjects: ['dlq.>'] }),
  ],
  services: [speaker, echo],
  deadLetters: { stream: 'DLQ', prefix: 'dlq' },
});

const migrations = defineMigrations<{ heard: { text: string } }>({
  '0001-heard': { up: async (db) => void (await sql`create table heard (text text not null)`.execute(db)) },
});

const service = defineService(echo, {
  migrations,
  topology,
  consumers: ({ config, redis, transactionalConsumer, enqueue }) => [
    transactionalConsumer(said, async ({ data: { text } }, trx) => {
      if (text === '') throw new PermanentError('nothing was said');
      await redis.set('echo:last', text);
      await trx.insertInto('heard').values({ text }).execute();
      await enqueue(trx, echoed, { aggregate: 'echo', data: { text: `${config.PREFIX} ${text}` } });
    }),
  ],
  subscriptions: ({ subscription, publishCore, request }) => [
    subscription(whispered, async ({ data }) => {
      const word = await request(wordOf, { data: data.text.length });
      publishCore(murmured, { aggregate: 'echo', data: { text: word } });
    }),
  ],
  responders: ({ responder }) => [responder(lengthOf, ({ data }) => data.length)],
});

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

async function started(options: Parameters<typeof startForTest>[1] = {}) {
  const running = await startForTest(service, options);
  stops.push(running.stop);
  return running;
}

it('stands for all other services: messages of streams and of none, requests to the service and of the service', async () => {
  const { publish, handled, received, respond, request, service: own } = await started();
  await publish(said, { aggregate: 'a', data: { text: 'hello' } });
  await publish(said, { aggregate: 'a', data: { text: '' } });
  await handled();
  expect(await own.db.selectFrom('heard').selectAll().execute()).toEqual([{ text: 'hello' }]);
  expect(await own.redis.get('echo:last')).toBe('hello');
  await publish(said, { aggregate: 'a', data: { text: 'goodbye' } });
  expect(await received(echoed, { fits: ({ text }) => text.endsWith('bye') })).toEqual({ text: 'you said goodbye' });
  expect(await received(echoed)).toEqual({ text: 'you said hello' });
  await respond(wordOf, ({ data }) => 'x'.repeat(data));
  await publish(whispered, { aggregate: 'a', values: { to: 'echo' }, data: { text: 'psst' } });
  expect(await received(murmured)).toEqual({ text: 'xxxx' });
  expect(await request(lengthOf, { data: 'four' })).toBe(4);
});

it('counts requests on both sides in /metrics', async () => {
  const { url, request, service: own, respond } = await started();
  await request(lengthOf, { data: 'four' });
  await expect(own.request(wordOf, { data: 1, timeoutSeconds: 0.1 })).rejects.toThrow(RequestError);
  await respond(wordOf, () => 'x');
  await own.request(wordOf, { data: 1 });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('nats_requests_received_total{request="rpc.length",outcome="replied",service="echo"} 1');
  expect(metrics).toMatch(
    /nats_requests_sent_total\{request="rpc.word",outcome="(timeout|no_responders)",service="echo"\} 1/,
  );
  expect(metrics).toContain('nats_requests_sent_total{request="rpc.word",outcome="replied",service="echo"} 1');
  expect(metrics).toContain('nats_requests_running{request="rpc.length",service="echo"} 0');
  expect(metrics).toContain('nats_response_seconds_count{service="echo",request="rpc.length"} 1');
  expect(metrics).toContain('nats_request_seconds_count{service="echo",request="rpc.word"} 2');
});

it('gives the service the rights of its declaration and no more', async () => {
  const { service: own } = await started();
  await expect(own.redis.set('other:key', 'x')).rejects.toThrow('NOPERM');
  await expect(sql`create schema other`.execute(own.db)).rejects.toThrow('permission denied');
});

it('replaces values of the declaration', async () => {
  const { publish, received } = await started({ env: { PREFIX: 'I heard' } });
  await publish(said, { aggregate: 'a', data: { text: 'hello' } });
  expect(await received(echoed)).toEqual({ text: 'I heard hello' });
});

it('says what came instead when the message does not', async () => {
  const { publish, received } = await started();
  await publish(said, { aggregate: 'a', data: { text: 'hello' } });
  const waiting = received(echoed, { fits: () => false, withinSeconds: 1 });
  await expect(waiting).rejects.toThrow('no such events.echoed within 1 s; those that came: {"text":"you said hello"}');
  await expect(received(said as never)).rejects.toThrow('echo does not publish events.said');
});

it('says why a message could not be read, and hears those after it', async () => {
  const { publish, received, service: own } = await started();
  await own.nats.publishToStream('events.echoed', 'garbled', new TextEncoder().encode('no JSON'));
  await publish(said, { aggregate: 'a', data: { text: 'hello' } });
  expect(await received(echoed)).toEqual({ text: 'you said hello' });
  await expect(received(echoed, { withinSeconds: 0.1 })).rejects.toThrow(
    'no such events.echoed within 0.1 s; one could not be read: message events.echoed: ',
  );
});

it('rejects with what the condition of a test throws, and hears what comes later', async () => {
  const { publish, received } = await started();
  const fits = () => {
    throw new Error('a mistake of the test');
  };
  const refused = expect(received(echoed, { fits })).rejects.toThrow('a mistake of the test');
  await publish(said, { aggregate: 'a', data: { text: 'hello' } });
  await refused;
  expect(await received(echoed)).toEqual({ text: 'you said hello' });
});

it('uses the servers that the environment names, and leaves no database and no user behind', async () => {
  const own = { foreign: false } as const;
  const [postgres, redis, nats] = await Promise.all([startPostgres(own), startRedis(own), startNats(own)]);
  stops.push(postgres.stop, redis.stop, nats.stop);
  vi.stubEnv('TEST_DATABASE_URL', postgres.url);
  vi.stubEnv('TEST_REDIS_URL', redis.url);
  vi.stubEnv('TEST_NATS_URL', nats.url);
  const admin = new Redis(redis.url);
  stops.push(async () => void (await admin.quit()));
  await admin.acl('SETUSER', 'echo', 'on', '>theirs', '~theirs:*', '+get');
  const users = async () => await admin.acl('LIST');
  const usersBefore = await users();
  const databases = async () => await postgres.sql("select count(*) from pg_database where datname like 'test\\_%'");
  const { publish, received, service: there, stop } = await startForTest(service);
  await publish(said, { aggregate: 'a', data: { text: 'hello' } });
  expect(await received(echoed)).toEqual({ text: 'you said hello' });
  expect(await there.redis.get('echo:last')).toBe('hello');
  expect(await databases()).toBe('1');
  const made = (await users()).filter((user) => !usersBefore.includes(user));
  expect(made).toEqual([expect.stringMatching(/^user test-[0-9a-f]{12}-echo on .*#[0-9a-f]{64} ~echo:\* /)]);
  expect(await users()).toEqual(expect.arrayContaining(usersBefore));
  await stop();
  expect(await users()).toEqual(usersBefore);
  expect(await databases()).toBe('0');
});

it('starts no server for a service without stores, which has no messages', async () => {
  const plain = declareService({ name: 'plain', env: runtimeEnv('plain', {}) });
  const running = await startForTest(defineService(plain, {}));
  stops.push(running.stop);
  expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
  await expect(running.handled()).rejects.toThrow('plain has no NATS_URL, so it has no messages');
});

it('refuses a topology without the service', async () => {
  const other = defineTopology({ streams: [], services: [speaker] });
  await expect(startForTest(service, { topology: other })).rejects.toThrow(
    'the topology has the services speaker, must have echo: add it to defineTopology',
  );
});
