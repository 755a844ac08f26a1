import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { readyMessage } from '#runtime';
import type { ServiceStores } from '#test-support/service-stores';
import { runningCost } from '../frame/measured-process.ts';
import type { BenchOptions, Series } from '../frame/result.ts';
import { interleavedRounds } from '../frame/rounds.ts';
import { itemOrdered } from './items/contract.ts';
import { startStack, STACKS } from './stack.ts';

/** The workload of the consumer, and how many times the peer's rate ours must reach. */
export const CONSUMER = { name: 'consumer', target: 1.5 } as const;

const MESSAGES = 6000;
/** Acknowledgements awaited at once: one at a time is several times slower. */
const WINDOW = 256;
/** Share of the messages after which measuring starts, with the code warm. */
const WARM_SHARE = 0.3;
const LOOK_EVERY_MS = 50;

/** A backlog is published, then each stack in turn works it off: one transaction a message, with an entry of its id. */
export async function consumerRounds(
  stores: ServiceStores,
  rounds: number,
  options: BenchOptions,
): Promise<readonly Series[]> {
  const contenders = STACKS.map((name) => ({ name }));
  return await interleavedRounds(CONSUMER.name, contenders, rounds, options, async ({ name }) => {
    await stores.postgres.sql('truncate items.purchase, items.inbox', 'video');
    await publishBacklog(stores);
    const stack = await startStack(name, stores, {});
    try {
      const from = await untilHandled(stores, stack.pid, MESSAGES * WARM_SHARE);
      const to = await untilHandled(stores, stack.pid, MESSAGES);
      const handled = to.handled - from.handled;
      return {
        rate: { figure: (handled * 1000) / (to.at - from.at), unit: 'messages/s' },
        'CPU a message': { figure: ((to.cpuSeconds - from.cpuSeconds) * 1e6) / handled, unit: 'µs' },
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
