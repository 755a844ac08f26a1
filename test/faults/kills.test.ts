/** A service that is killed with -9 at six places of its outbox and inbox, again and again: each accepted order has its effect once. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort, ManagedProcess, temporaryFolder } from '#local';
import { eventually } from '#test-support/eventually';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { bundleServices } from '../../build-tools/services/service-bundle.ts';
import { shop, shopTopology } from './processes/shop/definition.ts';
import { KILL_PLACES, type KillPlace } from './processes/shop/kill-places.ts';

const KILLS = Number(process.env.KILLS ?? 30);
const ORDERS_AT_ONCE = 5;
/** A process that lives longer without having come to its place. */
const LONGEST_LIFE_MS = 30_000;

let stores: ServiceStores;
let main: string;
let ordered = 0;
const living = new Set<ManagedProcess>();

beforeAll(async () => {
  const target = temporaryFolder('faults');
  await bundleServices({ source: join(import.meta.dirname, 'processes'), target });
  main = join(target, 'shop.mjs');
  stores = await startServiceStores(shopTopology);
});

afterAll(async () => {
  for (const process_ of living) process_.kill('SIGKILL');
  await stores.stop();
});

/** Starts the shop; resolves when it is ready, or has died before. */
async function startShop(changes: Readonly<Record<string, string>> = {}) {
  const port = String(await freePort());
  const env = { ...stores.env(shop, { RATE_LIMIT: '0' }), ...changes, PATH: process.env.PATH ?? '' };
  const process_ = new ManagedProcess({
    name: 'shop',
    command: [process.execPath, main],
    env: { ...env, HOST: '127.0.0.1', PORT: port },
  });
  living.add(process_);
  void process_.ended.then(() => living.delete(process_));
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    if (process_.running) expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }, LONGEST_LIFE_MS);
  return { url, process: process_ };
}

/** Whether an order was accepted. */
async function place(url: string, n: number): Promise<boolean> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ n }) };
  return await fetch(`${url}/api/shop/orders`, init).then(
    ({ status }) => status === 201,
    () => false,
  );
}

/** One life: places orders until the process dies. Adds what was accepted. */
async function live(at: KillPlace, nth: number, accepted: Set<number>): Promise<void> {
  const { url, process: process_ } = await startShop({ KILL_AT: at, KILL_NTH: String(nth) });
  const giveUpAt = performance.now() + LONGEST_LIFE_MS;
  while (process_.running) {
    if (performance.now() > giveUpAt) throw new Error(`not killed ${at}:\n${process_.output}`);
    const orders = Array.from({ length: ORDERS_AT_ONCE }, () => (ordered += 1));
    const placed = await Promise.all(orders.map(async (n) => await place(url, n)));
    orders.filter((_, i) => placed[i]).forEach((n) => accepted.add(n));
  }
  expect(await process_.ended).toMatchObject({ signal: 'SIGKILL' });
}

async function numbers(query: string): Promise<number[]> {
  const text = await stores.postgres.sql(query, 'video');
  return text === '' ? [] : text.split('\n').map(Number);
}

/** Waits until nothing is on its way any more. */
async function untilQuiet(): Promise<void> {
  const { consumers } = await (await stores.adminNats()).connection.jetstreamManager();
  await eventually(async () => {
    expect(await numbers('select count(*) from shop.outbox')).toEqual([0]);
    const { num_pending, num_ack_pending } = await consumers.info('EVENTS', 'shop-shop-placed');
    expect(num_pending + num_ack_pending).toBe(0);
  }, 60_000);
}

/** Numbers of orders by message, of all that a stream stored. */
async function storedOrders(stream: string): Promise<number[]> {
  const link = await stores.adminNats();
  const { state } = await (await link.connection.jetstreamManager()).streams.info(stream);
  if (state.messages === 0) return [];
  const read: number[] = [];
  const consumer = await link.connection.jetstream().consumers.get(stream);
  for await (const message of await consumer.fetch({ max_messages: state.messages, expires: 30_000 })) {
    const envelope = message.json<{ data?: { n: number }; payload?: { data: { n: number } } }>();
    read.push(envelope.data?.n ?? envelope.payload?.data.n ?? 0);
  }
  return read;
}

it.each(KILL_PLACES)(
  `killed ${KILLS} times %s: no order is lost, none has its effect twice`,
  async (at) => {
    const from = ordered;
    const accepted = new Set<number>();
    for (let kill = 0; kill < KILLS; kill += 1) await live(at, 1 + (kill % 7), accepted);
    const { process: last } = await startShop();
    await untilQuiet();
    await last.stop();

    const mine = `n > ${from}`;
    const placed = new Set(await numbers(`select n from shop.placed where ${mine}`));
    const effects = await numbers(`select n from shop.effect where ${mine}`);
    const letters = new Set(await storedOrders('DLQ'));
    const stored = (await storedOrders('EVENTS')).filter((n) => n > from);
    const counts = {
      accepted: accepted.size,
      placed: placed.size,
      lost: [...accepted].filter((n) => !placed.has(n)).length,
      neither: [...placed].filter((n) => !effects.includes(n) && !letters.has(n)).length,
      'effects twice': effects.length - new Set(effects).size,
      'published twice': stored.length - new Set(stored).size,
      letters: [...letters].filter((n) => n > from).length,
    };
    process.stdout.write(`killed ${KILLS} times ${at}: ${JSON.stringify(counts)}\n`);
    expect(counts).toMatchObject({ lost: 0, neither: 0, 'effects twice': 0, 'published twice': 0, letters: 0 });
    expect(accepted.size).toBeGreaterThan(0);
  },
  KILLS * (LONGEST_LIFE_MS + 10_000),
);
