/**
 * Pulls from one durable and hands each message to its handler. Messages are fetched when there is room for them, never
 * ahead, so the time to acknowledge runs only for what is worked on. Whatever ends a fetch (a reconnect, a server that
 * stopped, a durable or stream that was deleted), the next round looks for the durable anew, until stopped.
 */
import { decodeMessage, durableName, MessageError, requireStreamOf } from '#declare';
import type { Consumer, Message, Topology } from '#declare';
import type { ConsumerMessages, JsMsg, Consumer as PullConsumer } from 'nats';
import { setTimeout as pause } from 'node:timers/promises';
import { absentDependencyOf, textOf } from '../dependency.ts';
import type { Logger } from '../log.ts';
import { nextTraceparent, runInTrace } from '../trace.ts';
import type { NatsLink } from './connection.ts';
import { publishDeadLetter, type DeathCause } from './dead-letter.ts';
import { nakDelayMs, type DeliveryHandler, type HandlingOptions } from './delivery.ts';
import { PermanentError, RetryLater } from './errors.ts';
import { ReadDelivery } from './read-delivery.ts';

/** What became of a delivery; a label of a metric. */
export type DeliveryOutcome = 'done' | 'retried' | 'dead' | 'given-back';

/** What a {@link runConsumer} needs. */
export interface ConsumerOptions<M extends Message = Message> extends HandlingOptions {
  readonly link: NatsLink;
  readonly service: string;
  readonly consumer: Consumer<M>;
  readonly topology: Topology;
  readonly handler: DeliveryHandler<M>;
  readonly log: Logger;
  /** Called after each delivery. @default - nothing */
  readonly onOutcome?: (durable: string, outcome: DeliveryOutcome, seconds: number) => void;
  /** Resolves when handlers may run; waits while a dependency of theirs is away. @default - at once */
  readonly ready?: () => Promise<void>;
  /** Gives numbers from 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/** A durable that is worked through. */
export interface RunningConsumer {
  readonly durable: string;
  /** Whether it pulls at this moment. */
  readonly pulling: boolean;
  /** Why it does not; undefined while it does. */
  readonly problem: string | undefined;
  /** Stops pulling; resolves when running handlers have ended. After `patienceMs` they are asked to end by their signal. */
  stop(patienceMs: number): Promise<void>;
}

const FETCH_MS = 5000;
/** Short against {@link FETCH_MS}: the client calls a server silent after two that stayed away, within the same fetch. */
const HEARTBEAT_MS = 1000;
const SHORTEST_ROUND_MS = 5;
/** Waited for more free places after the first one. */
const GATHER_MS = 5;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
const REASON_LENGTH = 2000;

/** Starts to work through a durable. */
export function runConsumer<M extends Message>(options: ConsumerOptions<M>): RunningConsumer {
  const { link, consumer, service, topology, log } = options;
  const stream = requireStreamOf(consumer.message, topology).name;
  const durable = durableName(service, consumer);
  const { concurrency = 8 } = options;
  /** Deliveries at once, as things are. */
  const most = (): number =>
    Math.min(typeof concurrency === 'number' ? concurrency : concurrency(), consumer.policy.maxAckPending);
  const running = new Set<Promise<void>>();
  const ending = new AbortController();
  const stopping = new AbortController();
  let fetching: ConsumerMessages | undefined;
  let problem: string | undefined = 'not yet looked for';
  let roomMade: () => void = () => undefined;
  let silences = 0;
  /** Cuts the pause between two tries short. */
  let retryNow = new AbortController();

  // a pull that was under way when the connection went is dead: after the reconnect it would ask twice
  link.onDisconnect(() => void fetching?.close());
  link.onReconnect(() => retryNow.abort());

  async function rounds(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    let pull: PullConsumer | undefined;
    while (!stopping.signal.aborted) {
      try {
        await options.ready?.();
        await room();
        if (stopping.signal.aborted) break;
        pull ??= await link.connection.jetstream().consumers.get(stream, durable);
        problem = undefined;
        await fetchOnce(pull);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        pull = undefined;
        if (stopping.signal.aborted) break;
        if (problem === undefined || pauseMs === FIRST_PAUSE_MS) {
          log.warn({ durable, reason: textOf(error) }, 'cannot pull, looks for the durable again');
        }
        problem = textOf(error);
        retryNow = new AbortController();
        const signal = AbortSignal.any([stopping.signal, retryNow.signal]);
        await pause(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  /** Waits for a free place, and a moment for more of them: one pull for several costs as much as one for one. */
  async function room(): Promise<void> {
    await atMostRunning(most() - 1);
    // with no more running than this, a pull is worth its while
    const manyFree = Math.floor(most() / 2);
    if (running.size <= manyFree) return;
    await new Promise<void>((resolve) => {
      const moment = setTimeout(resolve, GATHER_MS);
      void atMostRunning(manyFree).then(() => {
        clearTimeout(moment);
        resolve();
      });
    });
  }

  async function atMostRunning(count: number): Promise<void> {
    while (running.size > count && !stopping.signal.aborted) {
      await new Promise<void>((resolve) => {
        roomMade = resolve;
      });
    }
  }

  async function fetchOnce(pull: PullConsumer): Promise<void> {
    if (!link.connected) throw new Error('nats is away');
    const wanted = Math.max(1, most() - running.size);
    fetching = await pull.fetch({ max_messages: wanted, expires: FETCH_MS, idle_heartbeat: HEARTBEAT_MS });
    const messages = fetching;
    void watchLife(messages);
    if (stopping.signal.aborted) messages.stop();
    let received = 0;
    for await (const message of messages) {
      received += 1;
      if (stopping.signal.aborted || received > wanted) message.nak();
      else start(message);
    }
    const error = await messages.closed();
    fetching = undefined;
    if (error) throw error;
    if (received === 0 && silences >= 2) throw new Error('the server went silent');
    // a fetch that ends at once must leave others their turn
    if (received === 0) await pause(SHORTEST_ROUND_MS);
  }

  /** A durable that was deleted or a server that hangs shows by its silence. */
  async function watchLife(messages: ConsumerMessages): Promise<void> {
    silences = 0;
    for await (const { type, data } of await messages.status()) {
      if (String(type) === 'heartbeats_missed') silences = Number(data);
    }
  }

  function start(message: JsMsg): void {
    const work = deliver(message).finally(() => {
      running.delete(work);
      roomMade();
    });
    running.add(work);
  }

  async function deliver(message: JsMsg): Promise<void> {
    const startedAt = performance.now();
    const traceparent = nextTraceparent(traceOf(message));
    const trace = { requestId: `${stream}:${message.seq}`, traceparent };
    const outcome = await runInTrace(trace, async () => await settle(message)).catch((err: unknown) => {
      log.error({ err, durable }, 'a delivery could not be settled, it comes again');
      return 'retried' as const;
    });
    options.onOutcome?.(durable, outcome, (performance.now() - startedAt) / 1000);
  }

  async function settle(message: JsMsg): Promise<DeliveryOutcome> {
    const attempt = message.info.redeliveryCount;
    const lastAttempt = attempt >= consumer.policy.maxDeliver;
    const life =
      options.workingEveryMs === undefined ? undefined : setInterval(() => message.working(), options.workingEveryMs);
    try {
      const read = decodeMessage(consumer.message, message.data);
      const place = { durable, stream, attempt, lastAttempt, signal: ending.signal };
      await options.handler(new ReadDelivery<M>(message, read, place, log));
      message.ack();
      return 'done';
    } catch (error) {
      return await fail(message, { error, attempt, lastAttempt });
    } finally {
      clearInterval(life);
    }
  }

  async function fail(
    message: JsMsg,
    {
      error,
      attempt,
      lastAttempt,
    }: { readonly error: unknown; readonly attempt: number; readonly lastAttempt: boolean },
  ): Promise<DeliveryOutcome> {
    const cause = deathCause(error, lastAttempt);
    const reason = textOf(error);
    if (cause !== undefined && !(ending.signal.aborted && cause === 'exhausted')) {
      log.error({ err: error, durable, attempt, cause }, 'gave a message up');
      await publishDeadLetter(link, {
        ...{ service, durable, stream, message, cause, topology },
        reason: reason.slice(0, REASON_LENGTH) || 'unknown',
        deliveries: attempt,
      });
      message.term();
      return 'dead';
    }
    if (ending.signal.aborted) {
      message.nak();
      return 'given-back';
    }
    const delays = options.nakDelaysSeconds ?? consumer.policy.nakDelaysSeconds;
    const delayMs =
      error instanceof RetryLater ? error.delayMs : nakDelayMs(delays, attempt, options.random ?? Math.random);
    log.warn(
      { err: error, durable, attempt, delayMs, away: absentDependencyOf(error) },
      'a message failed, tries later',
    );
    message.nak(delayMs);
    return 'retried';
  }

  const ended = rounds();
  return {
    durable,
    get pulling() {
      return problem === undefined && link.connected && !stopping.signal.aborted;
    },
    get problem() {
      return link.connected ? problem : 'nats is away';
    },
    async stop(patienceMs) {
      stopping.abort();
      roomMade();
      fetching?.stop();
      const timer = setTimeout(() => ending.abort(), patienceMs);
      await ended;
      await Promise.all(running);
      clearTimeout(timer);
    },
  };
}

function deathCause(error: unknown, lastAttempt: boolean): DeathCause | undefined {
  if (error instanceof MessageError) return 'malformed';
  if (error instanceof PermanentError) return 'permanent';
  return lastAttempt ? 'exhausted' : undefined;
}

/** The trace of an envelope, read before it is checked. */
function traceOf(message: JsMsg): string | undefined {
  try {
    const { traceparent } = message.json<{ readonly traceparent?: unknown }>();
    return typeof traceparent === 'string' ? traceparent : undefined;
  } catch {
    return undefined;
  }
}
