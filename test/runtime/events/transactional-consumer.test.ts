import { sql, type Generated } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { platformEnv } from '#catalog';
import { defineApi, type ServiceName } from '#contracts';
import { consume, declareService, defineMessage, defineStream, defineTopology } from '#declare';
import type { OpenNats } from '#runtime/events/connection';
import { publish } from '#runtime/events/publisher';
import {
  currentTrace,
  defineMigrations,
  defineService,
  startService,
  type Delivery,
  type DatabaseTransaction,
  type TransactionalOptions,
  type RunningService,
} from '#runtime';
import { eventually } from '#test-support/eventually';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';

const sold = defineMessage({ subject: 'events.shop.sold', payload: z.object({ n: z.int() }) });
const counted = defineMessage({ subject: 'events.counter.counted', payload: z.object({ n: z.int() }) });
const counter = declareService({
  name: 'counter',
  route: '/api/counter',
  env: [...platformEnv('counter' as ServiceName)],
  publishes: [counted],
  consumes: [consume(sold, { nakDelaysSeconds: [0.05], maxDeliver: 3, ackWaitSeconds: 5 })],
  jetstream: { provisions: true },
  databaseSchema: 'counter',
  redisKeys: { writes: ['rl:counter:*'], reads: ['session:*'] },
});
const shop = declareService({ name: 'shop', env: [], publishes: [sold] });
const topology = defineTopology({
  streams: [
    defineStream({ name: 'EVENTS', subjects: ['events.>'] }),
    defineStream({ name: 'DLQ', subjects: ['dlq.>'] }),
  ],
  services: [counter, shop],
  deadLetters: { stream: 'DLQ', prefix: 'dlq' },
});
const api = defineApi('counter', {
  read: {
    method: 'get',
    path: '/count',
    access: 'public',
    summary: 'How many',
    response: z.object({ count: z.int() }),
    status: 200,
  },
});

interface CounterTables {
  readonly sale: {
    readonly n: number;
    readonly pod: string;
    readonly trace: string;
    readonly transaction: Generated<string>;
  };
}

const migrations = defineMigrations<CounterTables>({
  '0001-sale': {
    async up(db) {
      await sql`create table sale (n integer not null, pod text not null, trace text not null,
        transaction text not null default txid_current()::text)`.execute(db);
    },
  },
});

type Trx = DatabaseTransaction<CounterTables>;
type Effect = (delivery: Delivery<typeof sold>, trx: Trx) => Promise<void>;

/** What a test changes of a pod. */
interface PodOptions extends TransactionalOptions {
  /** Runs after the commit of each effect. */
  readonly afterCommit?: (n: number) => Promise<void> | void;
}

let stores: ServiceStores;
let admin: OpenNats;
let pods: RunningService<typeof counter, CounterTables>[] = [];

beforeAll(async () => {
  stores = await startServiceStores(topology);
  admin = await stores.adminNats();
  await stores.provision();
});

afterEach(async () => {
  await Promise.all(pods.map(async (pod) => await pod.stop()));
  pods = [];
  await stores.postgres.sql('truncate counter.sale', 'video');
});

afterAll(async () => {
  await stores.stop();
});

/** Starts a pod of the counter; `before` runs within each effect, before the sale is written. */
async function startPod(
  name: string,
  before: Effect = async () => Promise.resolve(),
  { afterCommit, ...options }: PodOptions = { groupCommit: true },
) {
  const definition = defineService(counter, {
    ...{ api, migrations, topology },
    handlers: () => ({ read: () => ({ count: 0 }) }),
    consumers: (service) => [
      service.transactionalConsumer(
        sold,
        async (delivery, trx) => {
          await before(delivery, trx);
          const { n } = delivery.data;
          await trx
            .insertInto('sale')
            .values({ n, pod: name, trace: currentTrace()?.requestId ?? '' })
            .execute();
          await service.enqueue(trx, counted, { aggregate: String(n), data: { n } });
          if (afterCommit !== undefined) return async () => await afterCommit(n);
        },
        options,
      ),
    ],
  });
  const pod = await startService(definition, { env: stores.env(counter), port: 0 });
  pods.push(pod);
}

/** Publishes sales; gives the place of each in the stream. */
async function sell(numbers: readonly number[]): Promise<number[]> {
  const places = numbers.map(async (n) => await publish(admin, 'shop', sold, { aggregate: 'a', data: { n } }));
  return (await Promise.all(places)).map(({ sequence }) => sequence);
}

async function sales() {
  const rows = await stores.postgres.sql('select n, trace, transaction from counter.sale order by n', 'video');
  return rows
    .split('\n')
    .filter(Boolean)
    .map((row) => row.split('|'))
    .map(([n, trace, transaction]) => ({ n: Number(n), trace, transaction }));
}

/** Resolves when the durable has nothing left. */
async function drained(): Promise<void> {
  const manager = await admin.connection.jetstreamManager({ checkAPI: false });
  await eventually(async () => {
    const { num_pending, num_ack_pending } = await manager.consumers.info('EVENTS', 'counter-shop-sold');
    expect(num_pending + num_ack_pending).toBe(0);
  }, 30_000);
}

async function messagesOn(subject: string): Promise<number> {
  const manager = await admin.connection.jetstreamManager({ checkAPI: false });
  const stream = subject.startsWith('dlq.') ? 'DLQ' : 'EVENTS';
  const { state } = await manager.streams.info(stream, { subjects_filter: subject });
  return state.subjects?.[subject] ?? 0;
}

/** A backlog: it waits before a pod starts, so its deliveries come together. */
const FORTY = Array.from({ length: 40 }, (_, n) => n);

it('deliveries share transactions, each with its own trace, and what they tell is published', async () => {
  const before = await messagesOn('events.counter.counted');
  const places = await sell(FORTY);
  await startPod('a');
  await drained();
  const rows = await sales();
  expect(rows.map(({ n, trace }) => [n, trace])).toEqual(places.map((place, n) => [n, `EVENTS:${place}`]));
  expect(new Set(rows.map(({ transaction }) => transaction)).size).toBeLessThan(rows.length);
  await eventually(async () => expect(await messagesOn('events.counter.counted')).toBe(before + FORTY.length));
});

it('deliveries have transactions of their own unless group commit is asked for', async () => {
  await sell(FORTY);
  await startPod('a', undefined, {});
  await drained();
  const rows = await sales();
  expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(FORTY.length);
});

it('a bad message among good ones is tried as declared and dies alone', async () => {
  await sell(FORTY);
  const attempts: number[] = [];
  await startPod('a', async ({ data, attempt }) => {
    if (data.n !== 17) return;
    attempts.push(attempt);
    await Promise.reject(new Error('bad'));
  });
  await drained();
  expect((await sales()).map(({ n }) => n)).toEqual(FORTY.filter((n) => n !== 17));
  expect(new Set(attempts)).toEqual(new Set([1, 2, 3]));
  expect(await messagesOn('dlq.counter.events.shop.sold')).toBe(1);
});

it('two pods whose connections are cut in the middle have each effect once', async () => {
  await sell(FORTY);
  let cuts = 0;
  const cut: Effect = async ({ data }, trx) => {
    if (data.n % 15 !== 10 || cuts >= 3) return;
    cuts += 1;
    const { rows } = await sql<{ readonly pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    await stores.postgres.sql(`select pg_terminate_backend(${rows[0]?.pid ?? 0}, 5000)`, 'video');
  };
  await Promise.all([startPod('a', cut), startPod('b', cut)]);
  await drained();
  expect(cuts).toBeGreaterThan(0);
  expect((await sales()).map(({ n }) => n)).toEqual(FORTY);
});

it.each([true, false])('what an effect returns runs once, after the commit (group commit: %s)', async (groupCommit) => {
  await sell(FORTY);
  const ran: number[] = [];
  const unseen: number[] = [];
  const bad: Effect = async ({ data, attempt }) => {
    if (data.n === 17 && attempt < 3) await Promise.reject(new Error('bad'));
  };
  const afterCommit = async (n: number): Promise<void> => {
    ran.push(n);
    if (!(await sales()).some((sale) => sale.n === n)) unseen.push(n);
  };
  await startPod('a', bad, { groupCommit, afterCommit });
  await drained();
  expect(ran.sort((a, b) => a - b)).toEqual(FORTY);
  expect(unseen).toEqual([]);
});

it('what fails after the commit neither repeats the effect nor stops the message', async () => {
  const deadBefore = await messagesOn('dlq.counter.events.shop.sold');
  await sell([1, 2]);
  const ran: number[] = [];
  await startPod('a', undefined, {
    groupCommit: true,
    afterCommit: (n) => {
      ran.push(n);
      throw new Error('no announcement');
    },
  });
  await drained();
  expect(ran.sort((a, b) => a - b)).toEqual([1, 2]);
  expect((await sales()).map(({ n }) => n)).toEqual([1, 2]);
  expect(await messagesOn('dlq.counter.events.shop.sold')).toBe(deadBefore);
});
