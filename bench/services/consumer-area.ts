/**
 * Consumer: a backlog of a durable, worked off by the items service on our runtime and by its peer in turn, on the same
 * PostgreSQL and NATS. Each message has an effect and an entry of its id, in one transaction; the peer makes one a message.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { readyMessage } from '#runtime/outbox/ready-message';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { runningCost } from '../frame/measured-process.ts';
import type { BenchArea, BenchOptions, Series } from '../frame/result.ts';
import { interleavedRounds } from '../frame/rounds.ts';
import { itemOrdered, itemsTopology } from './items/contract.ts';
import { claimsOn, prepareStacks, startStack, STACKS } from './stack.ts';

const NAME = 'consumer';
/** How many times the peer's rate ours must reach. */
const TARGET = 1.5;
const COST = 'CPU a message';
const ROUNDS = 5;
const MESSAGES = 15_000;
/** Acknowledgements awaited at once: one at a time is several times slower. */
const WINDOW = 256;
/** Share of the messages after which measuring starts, with the code warm. */
const WARM_SHARE = 0.3;
const LOOK_EVERY_MS = 50;

/** The area `consumer`. */
export const consumerArea: BenchArea = {
  run: async (options) => {
    const versions = await prepareStacks();
    const stores = await startServiceStores(itemsTopology);
    try {
      // makes the tables, the stream and the durable
      await (await startStack('ours', stores, {})).stop();
      const series = await consumerRounds(stores, options);
      const claims = claimsOn(NAME, COST, TARGET);
      const notes = ['deliveries that are there at the same time share a transaction in ours (docs/decisions/0009)'];
      return { area: NAME, series, claims, versions, notes };
    } finally {
      await stores.stop();
    }
  },
};

async function consumerRounds(stores: ServiceStores, options: BenchOptions): Promise<readonly Series[]> {
  const contenders = STACKS.map((name) => ({ name }));
  return await interleavedRounds(NAME, contenders, options.rounds ?? ROUNDS, options, async ({ name }) => {
    await stores.postgres.sql('truncate items.purchase, items.inbox', 'video');
    await publishBacklog(stores);
    const stack = await startStack(name, stores, {});
    try {
      const from = await untilHandled(stores, stack.pid, MESSAGES * WARM_SHARE);
      const to = await untilHandled(stores, stack.pid, MESSAGES);
      const handled = to.handled - from.handled;
      return {
        rate: { figure: (handled * 1000) / (to.at - from.at), unit: 'messages/s' },
        [COST]: { figure: ((to.cpuSeconds - from.cpuSeconds) * 1e6) / handled, unit: 'µs' },
        'peak memory': { figure: runningCost(stack.pid).peakMemoryMiB, unit: 'MiB' },
      };
    } finally {
      await stack.stop();
    }
  });
}

async function publishBacklog(stores: ServiceStores): Promise<void> {
  const link = await stores.adminNats();
  const stream = link.connection.jetstream();
  for (let sent = 0; sent < MESSAGES; sent += WINDOW) {
    const window = Array.from({ length: Math.min(WINDOW, MESSAGES - sent) }, async () => {
      const data = { itemId: randomUUID(), buyerId: randomUUID(), pieces: 1 };
      const { subject, messageId, bytes } = readyMessage('shop', itemOrdered, { aggregate: data.itemId, data });
      await stream.publish(subject, bytes, { msgID: messageId });
    });
    await Promise.all(window);
  }
  await link.close();
}

/** Waits until so many messages have had their effect; says when, how many, and what the process had used by then. */
async function untilHandled({ postgres }: ServiceStores, pid: number, count: number) {
  for (;;) {
    const handled = Number(await postgres.sql('select count(*) from items.purchase', 'video'));
    if (handled >= count) return { handled, at: performance.now(), cpuSeconds: runningCost(pid).cpuSeconds };
    await pause(LOOK_EVERY_MS);
  }
}
