import { StringCodec } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { consume, declareService, defineMessage, defineStream, defineTopology, type ConsumerPolicy } from '#declare';
import type { RunningNats } from '#local';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { runConsumer, type RunningConsumer } from '#runtime/events/consumer';
import { provision } from '#runtime/events/provisioner';
import { publish } from '#runtime/events/publisher';
import {
  createLogger,
  DependencyError,
  PermanentError,
  RetryLater,
  type Delivery,
  type DeliveryHandler,
  type HandlingOptions,
} from '#runtime';
import { eventually } from '#test-support/eventually';
import { startNats } from '#test-support/nats';

const POLICY: ConsumerPolicy = { ackWaitSeconds: 0.6, maxDeliver: 3, nakDelaysSeconds: [0.1, 0.3], maxAckPending: 16 };
const log = createLogger({ service: 'test', version: '0', level: 'silent' });

/** Each test has a message, a durable and a topic of its own on the one stream. */
function worldOf(topic: string, policy: Partial<ConsumerPolicy> = {}) {
  const message = defineMessage({ subject: `events.${topic}`, payload: z.object({ n: z.int() }) });
  const consumer = consume(message, { ...POLICY, ...policy });
  const service = declareService({ name: 'eater', env: [], publishes: [message], consumes: [consumer] });
  const topology = defineTopology({
    streams: [
      defineStream({ name: 'EVENTS', subjects: ['events.>'] }),
      defineStream({ name: 'DLQ', subjects: ['dlq.>'] }),
      defineStream({ name: 'ADVISORY', subjects: ['$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.*.*'] }),
    ],
    services: [service],
    deadLetters: { stream: 'DLQ', prefix: 'dlq' },
  });
  return { message, consumer, topology, durable: `eater-${topic}` };
}

let server: RunningNats;
let link: OpenNats;
let running: RunningConsumer[] = [];

beforeAll(async () => {
  server = await startNats();
  link = await openNats({
    ...{ url: server.url, user: '', password: '', name: 'test', inboxPrefix: '_INBOX_test', deadlineMs: 10_000, log },
    onFatal: () => undefined,
  });
});

afterEach(async () => {
  await Promise.all(running.map(async (consumer) => await consumer.stop(0)));
  running = [];
});

afterAll(async () => {
  await link.close();
  await server.stop();
});

type World = ReturnType<typeof worldOf>;

function eat(
  world: World,
  handler: DeliveryHandler<World['message']>,
  options: HandlingOptions = {},
  heard = log,
): RunningConsumer {
  const { consumer, topology } = world;
  const one = runConsumer({ link, service: 'eater', consumer, topology, handler, log: heard, ...options });
  running.push(one);
  return one;
}

async function send(world: World, n: number): Promise<void> {
  await publish(link, 'test', world.message, { aggregate: 'a', data: { n } });
}

async function durableInfo({ durable }: World) {
  const manager = await link.connection.jetstreamManager({ checkAPI: false });
  return await manager.consumers.info('EVENTS', durable);
}

/** Dead letters of a world, as they lie in the stream. */
async function deadLetters({ message }: World): Promise<Record<string, unknown>[]> {
  const manager = await link.connection.jetstreamManager({ checkAPI: false });
  const info = await manager.streams.info('DLQ', { subjects_filter: `dlq.eater.${message.subject}` });
  const found: Record<string, unknown>[] = [];
  for (let seq = info.state.first_seq; seq <= info.state.last_seq; seq++) {
    const stored = await manager.streams.getMessage('DLQ', { seq }).catch(() => undefined);
    if (stored?.subject !== `dlq.eater.${message.subject}`) continue;
    found.push(JSON.parse(StringCodec().decode(stored.data)) as Record<string, unknown>);
  }
  return found;
}

/** A handler that does not end until it is asked to. */
const endless: DeliveryHandler<World['message']> = async ({ signal }) =>
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));

/** A logger, and the lines that it has written. */
function hearing() {
  const lines: string[] = [];
  const heard = createLogger({
    ...{ service: 'test', version: '0', level: 'warn' },
    destination: { write: (line) => void lines.push(line) },
  });
  return { lines, heard };
}

describe('a consumer', () => {
  it('acknowledges after the handler and delivers what it was given', async () => {
    const world = worldOf('plain');
    await provision(link, world.topology);
    const seen: Delivery<typeof world.message>[] = [];
    eat(world, (delivery) => void seen.push(delivery));
    await send(world, 7);
    await eventually(async () => expect((await durableInfo(world)).ack_floor.stream_seq).toBeGreaterThan(0));
    expect(seen[0]).toMatchObject({ data: { n: 7 }, attempt: 1, lastAttempt: false, durable: 'eater-plain' });
    expect(seen[0]?.id).toMatch(/^test:[0-9a-f-]{36}$/);
  });

  it('holds a message whose store is away longer than all its deliveries would last, and handles it once', async () => {
    const world = worldOf('away');
    await provision(link, world.topology);
    const attempts: number[] = [];
    eat(world, ({ attempt }) => {
      attempts.push(attempt);
      if (attempts.length < 5) throw new DependencyError('postgres', 'postgres is away');
    });
    await send(world, 1);
    await eventually(async () => expect((await durableInfo(world)).ack_floor.stream_seq).toBeGreaterThan(0));
    expect(attempts).toEqual([1, 1, 1, 1, 1]);
    expect(await deadLetters(world)).toEqual([]);
  });

  it('gives a held message back when the service ends', async () => {
    const world = worldOf('away-at-end');
    await provision(link, world.topology);
    const met = new Promise<void>((resolve) => {
      eat(world, () => {
        resolve();
        throw new DependencyError('postgres', 'postgres is away');
      });
    });
    await send(world, 1);
    await met;
    await running[0]?.stop(60_000);
    const attempts: number[] = [];
    eat(world, ({ attempt }) => void attempts.push(attempt));
    await eventually(() => expect(attempts).toHaveLength(1));
  });

  it('comes again after the declared delays ± 20 %, then lays a dead letter down, once', async () => {
    const world = worldOf('failing');
    await provision(link, world.topology);
    const at: number[] = [];
    eat(world, () => {
      at.push(performance.now());
      throw new Error('still broken');
    });
    await send(world, 1);
    await eventually(async () => expect(await deadLetters(world)).toHaveLength(1));
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(75);
    expect(third - second).toBeGreaterThanOrEqual(235);
    expect(at).toHaveLength(3);
    expect(await deadLetters(world)).toMatchObject([
      {
        service: 'eater',
        durable: 'eater-failing',
        stream: 'EVENTS',
        subject: 'events.failing',
        cause: 'exhausted',
        reason: 'still broken',
        deliveries: 3,
        payload: { data: { n: 1 } },
      },
    ]);
    await eventually(async () => expect((await durableInfo(world)).num_ack_pending).toBe(0));
  });

  it('lays a dead letter down at once for a permanent error and for what cannot be read', async () => {
    const world = worldOf('hopeless');
    await provision(link, world.topology);
    let calls = 0;
    eat(world, () => {
      calls += 1;
      throw new PermanentError('no such thing');
    });
    await send(world, 1);
    await link.connection.jetstream().publish(world.message.subject, StringCodec().encode('not json'));
    await link.connection.jetstream().publish(world.message.subject, StringCodec().encode('{"id":"x1"}'));
    await eventually(async () => expect(await deadLetters(world)).toHaveLength(3));
    const letters = await deadLetters(world);
    expect(letters.map(({ cause }) => cause).sort()).toEqual(['malformed', 'malformed', 'permanent']);
    expect(letters.find(({ payload }) => payload === 'not json')).toMatchObject({ messageId: null });
    expect(letters.find(({ messageId }) => messageId === 'x1')).toMatchObject({ payload: { id: 'x1' } });
    expect(calls).toBe(1);
  });

  it('describes in its dead letter a message that is too large or too deep to be stored', async () => {
    const world = worldOf('unstorable');
    await provision(link, world.topology);
    eat(world, () => undefined);
    const quotes = '"'.repeat(600_000);
    const levels = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const longId = JSON.stringify({ id: 'x'.repeat(1_048_500) });
    for (const text of [quotes, levels, longId]) {
      await link.connection.jetstream().publish(world.message.subject, StringCodec().encode(text));
    }
    await eventually(async () => expect(await deadLetters(world)).toHaveLength(3));
    const letters = await deadLetters(world);
    const described = { cause: 'malformed', payload: null, messageId: null, stream: 'EVENTS' };
    expect(letters).toMatchObject(letters.map(() => described));
    const reasons = letters.map(({ reason }) => String(reason));
    expect(reasons.some((reason) => reason.endsWith('(its payload is too large for a dead letter)'))).toBe(true);
    expect(reasons.some((reason) => reason.endsWith('(its payload is nested too deeply for a dead letter)'))).toBe(
      true,
    );
    await eventually(async () => expect((await durableInfo(world)).num_ack_pending).toBe(0));
  });

  it('comes again when the handler says so', async () => {
    const world = worldOf('later');
    await provision(link, world.topology);
    const at: number[] = [];
    eat(world, ({ attempt }) => {
      at.push(performance.now());
      if (attempt === 1) throw new RetryLater(200);
    });
    await send(world, 1);
    await eventually(() => expect(at).toHaveLength(2));
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(195);
  });

  it('is delivered once while it says that it works, however long that takes', async () => {
    const world = worldOf('slow');
    await provision(link, world.topology);
    let calls = 0;
    let done = false;
    eat(
      world,
      async () => {
        calls += 1;
        await new Promise((resolve) => setTimeout(resolve, 1800));
        done = true;
      },
      { workingEveryMs: 200 },
    );
    await send(world, 1);
    await eventually(async () => {
      expect(done).toBe(true);
      expect((await durableInfo(world)).num_ack_pending).toBe(0);
    });
    expect(calls).toBe(1);
  });

  it('never works on more than its concurrency, and works through the rest', async () => {
    const world = worldOf('many', { ackWaitSeconds: 5 });
    await provision(link, world.topology);
    let now = 0;
    let most = 0;
    const seen = new Set<number>();
    for (let n = 0; n < 30; n++) await send(world, n);
    const handler = async ({ data }: Delivery<typeof world.message>): Promise<void> => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      seen.add(data.n);
    };
    eat(world, handler, { concurrency: 3 });
    await eventually(() => expect(seen.size).toBe(30));
    expect(most).toBe(3);
  });

  it('says so when handlers that do not end have taken all places, and for how long', async () => {
    const world = worldOf('endless', { ackWaitSeconds: 0.2, maxDeliver: 50 });
    await provision(link, world.topology);
    const { lines, heard } = hearing();
    const one = eat(world, endless, { concurrency: 2 }, heard);
    await send(world, 1);
    await eventually(() => expect(one.inWork.count).toBe(2));
    await eventually(() => expect(one.problem).toBe('messages that are in work for long have taken all places'));
    expect([one.pulling, one.inWork.oldestSeconds >= 1]).toEqual([false, true]);
    const { last_seq: sequence } = (await (await link.connection.jetstreamManager()).streams.info('EVENTS')).state;
    await eventually(() => {
      expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
        expect.objectContaining({
          ...{ durable: world.durable, sequence, inWork: 2, seconds: expect.any(Number) as unknown },
          msg: 'a message is in work for long: its handler has not ended',
        }),
      );
    });
  });

  it('does not report a handler that takes long, but no longer than it may', async () => {
    const world = worldOf('patient', { ackWaitSeconds: 0.2 });
    await provision(link, world.topology);
    const { lines, heard } = hearing();
    const one = eat(world, endless, { concurrency: 1, workingEveryMs: 50, longAfterSeconds: 60 }, heard);
    await send(world, 1);
    // past five times the time to acknowledge, and a look after it
    await eventually(() => expect(one.inWork.oldestSeconds).toBeGreaterThan(1.6));
    expect([one.pulling, one.problem, lines]).toEqual([true, undefined, []]);
  });

  it('leaves it to the advisory when the process dies on the delivery that was to write the letter, too', async () => {
    const world = worldOf('dying', { maxDeliver: 2 });
    await provision(link, world.topology);
    await send(world, 1);
    const pull = await link.connection.jetstream().consumers.get('EVENTS', world.durable);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await eventually(async () => expect(await pull.next({ expires: 1000 })).not.toBeNull());
    }
    const manager = await link.connection.jetstreamManager({ checkAPI: false });
    const advisory = pull.next({ expires: 1500 });
    await eventually(async () => {
      const stored = await manager.streams.getMessage('ADVISORY', {
        last_by_subj: `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.EVENTS.${world.durable}`,
      });
      expect(stored.json()).toMatchObject({ stream: 'EVENTS', consumer: world.durable, deliveries: 3 });
    });
    expect(await advisory).toBeNull();
  });
});

describe('a consumer that stops', () => {
  it('lets running work finish and takes nothing new', async () => {
    const world = worldOf('finishing', { ackWaitSeconds: 5 });
    await provision(link, world.topology);
    let finished = 0;
    let started: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (started = resolve));
    const consumer = eat(world, async () => {
      started();
      await new Promise((resolve) => setTimeout(resolve, 300));
      finished += 1;
    });
    await send(world, 1);
    await begun;
    const stopping = consumer.stop(5000);
    await send(world, 2);
    await stopping;
    expect(finished).toBe(1);
    expect((await durableInfo(world)).num_pending).toBe(1);
  });

  it('gives back at once what does not finish in time', async () => {
    const world = worldOf('giving-back', { ackWaitSeconds: 20 });
    await provision(link, world.topology);
    let started: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (started = resolve));
    const consumer = eat(world, async ({ signal }) => {
      started();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));
    });
    await send(world, 1);
    await begun;
    await consumer.stop(50);
    // nats-server 2.9.10 may call it the first delivery again, when the pull that was given up still stood in its queue
    const again: number[] = [];
    eat(world, ({ data }) => void again.push(data.n));
    await eventually(() => expect(again).toEqual([1]), 3000);
  });
});

describe('a consumer that stops in the last delivery of a message', () => {
  it('leaves a letter that says so, and hands it to nobody else', async () => {
    const world = worldOf('stopped-last', { ackWaitSeconds: 20, maxDeliver: 2 });
    await provision(link, world.topology);
    const attempts: number[] = [];
    const consumer = eat(world, async ({ signal, attempt }) => {
      attempts.push(attempt);
      if (attempt === 1) throw new Error('not yet');
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));
    });
    await send(world, 1);
    await eventually(() => expect(attempts).toEqual([1, 2]));
    await consumer.stop(50);
    const again: number[] = [];
    eat(world, ({ data }) => void again.push(data.n));
    const reason = 'the service was stopped during the last delivery: cut off';
    await eventually(async () => {
      expect(await deadLetters(world)).toMatchObject([{ cause: 'exhausted', deliveries: 2, reason }]);
      expect((await durableInfo(world)).num_ack_pending).toBe(0);
    });
    expect(again).toEqual([]);
  });
});

describe('a consumer whose ground is taken away', () => {
  it('goes on after the server was killed and came back', async () => {
    const world = worldOf('reconnecting', { ackWaitSeconds: 5 });
    await provision(link, world.topology);
    const seen: number[] = [];
    const consumer = eat(world, ({ data }) => void seen.push(data.n));
    await send(world, 1);
    await eventually(() => expect(seen).toEqual([1]));
    await server.halt('SIGKILL');
    await eventually(() => expect(consumer.pulling).toBe(false));
    await server.start();
    await eventually(() => expect(consumer.pulling).toBe(true), 15_000);
    await eventually(async () => await send(world, 2), 15_000);
    await eventually(() => expect(seen).toContain(2), 15_000);
  });

  it('says that it does not pull while its stream is gone, and goes on when it is back', async () => {
    const world = worldOf('deleted', { ackWaitSeconds: 5 });
    await provision(link, world.topology);
    const seen: number[] = [];
    const consumer = eat(world, ({ data }) => void seen.push(data.n));
    await send(world, 1);
    await eventually(() => expect(seen).toEqual([1]));
    const manager = await link.connection.jetstreamManager({ checkAPI: false });
    await manager.streams.delete('EVENTS');
    await eventually(() => expect(consumer.problem).toMatch(/not found|no responders|silent|deleted/), 15_000);
    await provision(link, world.topology);
    await send(world, 2);
    await eventually(() => expect(seen).toEqual([1, 2]), 15_000);
    expect(consumer.pulling).toBe(true);
  });
});
