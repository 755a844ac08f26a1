/** Streams that are deleted and made again, and processes that die in handling: no message is lost by what came before it. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { consume, declareService, defineMessage, defineStream, defineTopology } from '#declare';
import type { RunningNats } from '#local';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { runConsumer, type RunningConsumer } from '#runtime/events/consumer';
import { YOUNG_MS } from '#runtime/events/durable-life';
import { provision } from '#runtime/events/provisioner';
import { createLogger, PermanentError, type DeliveryHandler } from '#runtime';
import { eventually } from '#test-support/eventually';
import { startNats } from '#test-support/nats';

const MAX_DELIVER = 3;
const log = createLogger({ service: 'test', version: '0', level: 'silent' });

const job = defineMessage({ subject: 'work.job', payload: z.object({ n: z.int() }), external: true });
const policy = { ackWaitSeconds: 0.6, maxDeliver: MAX_DELIVER, nakDelaysSeconds: [0.05], maxAckPending: 100 };
const eater = declareService({ name: 'eater', env: [], consumes: [consume(job, policy)] });
const topology = defineTopology({
  streams: [
    defineStream({ name: 'WORK', subjects: ['work.>'], retention: 'workqueue' }),
    defineStream({ name: 'DLQ', subjects: ['dlq.>'] }),
  ],
  services: [eater],
  deadLetters: { stream: 'DLQ', prefix: 'dlq' },
});

let server: RunningNats;
let link: OpenNats;
const opened: OpenNats[] = [];
const running: RunningConsumer[] = [];

async function open(): Promise<OpenNats> {
  const one = await openNats({
    ...{ url: server.url, user: '', password: '', name: 'test', inboxPrefix: '_INBOX_test', deadlineMs: 10_000, log },
    onFatal: () => undefined,
  });
  opened.push(one);
  return one;
}

beforeAll(async () => {
  server = await startNats();
  link = await open();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map(async (one) => await one.stop(0)));
  await remake('WORK');
});

afterAll(async () => {
  await Promise.all(opened.map(async (one) => await one.close()));
  await server.stop();
});

async function remake(stream: string): Promise<void> {
  const { streams } = await link.connection.jetstreamManager({ checkAPI: false });
  await streams.delete(stream).catch(() => undefined);
  await provision(link, topology);
}

function eat(handler: DeliveryHandler<typeof job>, on: OpenNats = link, concurrency = 8): void {
  const [consumer] = eater.consumes;
  if (consumer === undefined) throw new Error('eater consumes nothing');
  const consumes = { ...consumer, message: job };
  running.push(runConsumer({ link: on, service: 'eater', consumer: consumes, topology, handler, concurrency, log }));
}

async function send(...numbers: readonly number[]): Promise<void> {
  for (const n of numbers) await link.connection.jetstream().publish('work.job', JSON.stringify({ n }));
}

async function stateOf(stream: string): Promise<{ readonly messages: number }> {
  return (await (await link.connection.jetstreamManager({ checkAPI: false })).streams.info(stream)).state;
}

async function letters(): Promise<Record<string, unknown>[]> {
  const { streams } = await link.connection.jetstreamManager({ checkAPI: false });
  const { messages } = await stateOf('DLQ');
  const all = Array.from({ length: messages }, async (_, i) => await streams.getMessage('DLQ', { seq: i + 1 }));
  return (await Promise.all(all)).map((stored) => stored.json<Record<string, unknown>>());
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

it('knows each message of a stream that was made again from those before it', async () => {
  await remake('WORK');
  const ids = new Set<string>();
  let handled = 0;
  eat(({ id, formerId, storedAt }) => {
    ids.add(id);
    handled += 1;
    expect(formerId).toBe(id.split(':').slice(0, 2).join(':'));
    expect(Math.abs(storedAt.getTime() - Date.now())).toBeLessThan(60_000);
  });
  await send(...upTo(20));
  await eventually(() => expect(handled).toBe(20));
  await remake('WORK');
  await send(...upTo(20));
  await eventually(() => expect(handled).toBe(40), 20_000);
  expect(ids.size).toBe(40);
});

it('sends no acknowledgement to a durable that was made again: each new message is handled', async () => {
  await remake('WORK');
  const seen: number[] = [];
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  eat(async ({ data: { n } }) => {
    seen.push(n);
    if (n < 100) await released;
  });
  await send(...upTo(8));
  await eventually(() => expect(seen).toHaveLength(8));
  const inHandling = performance.now();
  await remake('WORK');
  await send(...upTo(20).map((n) => 100 + n));
  // all this takes a quick machine less than the moment in which a delivery counts as young
  await eventually(() => expect(performance.now() - inHandling).toBeGreaterThan(2 * YOUNG_MS));
  release();
  await eventually(() => expect(seen.filter((n) => n >= 100).sort()).toEqual(upTo(20).map((n) => 100 + n)), 20_000);
  await eventually(async () => expect((await stateOf('WORK')).messages).toBe(0));
});

it('lays a dead letter down for a message of each stream, though their places are the same', async () => {
  await remake('WORK');
  await remake('DLQ');
  eat(() => {
    throw new PermanentError('no');
  });
  await send(1);
  await eventually(async () => expect(await letters()).toHaveLength(1));
  await remake('WORK');
  await send(2);
  await eventually(async () => expect(await letters()).toHaveLength(2), 20_000);
  expect((await letters()).map(({ streamSequence, payload }) => [streamSequence, payload])).toEqual([
    [1, { n: 1 }],
    [1, { n: 2 }],
  ]);
});

it('handles as often as the durable allows, whatever this process declares', async () => {
  await remake('WORK');
  await remake('DLQ');
  const { consumers } = await link.connection.jetstreamManager({ checkAPI: false });
  await consumers.update('WORK', 'eater-job', { max_deliver: MAX_DELIVER + 3 });
  let deliveries = 0;
  eat(({ lastAttempt }) => {
    deliveries += 1;
    expect(lastAttempt).toBe(deliveries === MAX_DELIVER + 2);
    throw new Error('not yet');
  });
  await send(1);
  await eventually(async () => expect(await letters()).toMatchObject([{ cause: 'exhausted' }]));
  expect(deliveries).toBe(MAX_DELIVER + 2);
});

it('spares the messages beside one whose handling kills the process, and that one leaves a letter', async () => {
  await remake('WORK');
  await remake('DLQ');
  const poison = 20;
  const handled: number[] = [];
  let lives = 0;
  const live = async (): Promise<void> => {
    const own = await open();
    lives += 1;
    let dead = false;
    await new Promise<void>((died) => {
      eat(
        async ({ data: { n } }) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (n === poison) {
            dead = true;
            await own.connection.close();
            died();
          }
          // what the process had in work is gone with it
          if (dead) await new Promise(() => undefined);
          handled.push(n);
        },
        own,
        64,
      );
      void eventually(async () => expect(await letters()).toHaveLength(1), 60_000).then(died);
    });
  };
  await send(...upTo(40));
  while ((await letters()).length === 0) await live();
  expect(lives).toBe(MAX_DELIVER + 1);
  await eventually(() => expect([...new Set(handled)]).toHaveLength(39), 20_000);
  expect(await letters()).toMatchObject([{ cause: 'crashed', deliveries: MAX_DELIVER, payload: { n: poison } }]);
  await eventually(async () => expect((await stateOf('WORK')).messages).toBe(0));
  running.splice(0, MAX_DELIVER);
});

it('keeps a message whose letter cannot be stored until it can', async () => {
  await remake('WORK');
  const { streams } = await link.connection.jetstreamManager({ checkAPI: false });
  await streams.delete('DLQ');
  let tries = 0;
  eat(() => {
    tries += 1;
    throw new PermanentError('no');
  });
  await send(1, 2, 3);
  // longer than all deliveries would take
  await eventually(async () => {
    expect(tries).toBe(3);
    expect((await stateOf('WORK')).messages).toBe(3);
  });
  await new Promise((resolve) => setTimeout(resolve, policy.ackWaitSeconds * 1000 * (MAX_DELIVER + 2)));
  await remake('DLQ');
  await eventually(async () => expect(await letters()).toHaveLength(3), 20_000);
  await eventually(async () => expect((await stateOf('WORK')).messages).toBe(0));
  expect(tries).toBe(3);
});

it('describes a message that is too large for a letter', async () => {
  await remake('WORK');
  await remake('DLQ');
  eat(() => undefined);
  // not JSON, and six times as long as a text in JSON
  await link.connection.jetstream().publish('work.job', new Uint8Array(300_000).fill(1));
  await eventually(async () => expect(await letters()).toHaveLength(1), 20_000);
  expect(await letters()).toMatchObject([{ cause: 'malformed', payload: null, streamSequence: 1 }]);
  await eventually(async () => expect((await stateOf('WORK')).messages).toBe(0));
});
