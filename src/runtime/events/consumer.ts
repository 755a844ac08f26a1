/** Works through one durable: pulls its messages, hands each to the handler and settles it. */
import { durableName, requireStreamOf, type Message } from '#declare';
import type { JsMsg } from 'nats';
import { nextTraceparent, runInTrace } from '../trace.ts';
import type { HandlingOptions } from './delivery.ts';
import { Places } from './places.ts';
import { PullLoop } from './pull-loop.ts';
import { settleDelivery, type DeliveryOutcome, type SettlingOptions } from './settle-delivery.ts';

/** What a {@link runConsumer} needs. */
export interface ConsumerOptions<M extends Message = Message> extends SettlingOptions<M>, HandlingOptions {
  /** Called after each delivery. @default - nothing */
  readonly onOutcome?: (durable: string, outcome: DeliveryOutcome, seconds: number) => void;
  /** Resolves when handlers may run; waits while a dependency of theirs is away. @default - at once */
  readonly ready?: () => Promise<void>;
}

/** A durable that is worked through. */
export interface RunningConsumer {
  readonly durable: string;
  /** Whether it pulls at this moment. */
  readonly pulling: boolean;
  /** Why it does not; undefined while it does. */
  readonly problem: string | undefined;
  /** When the server answered a pull last; undefined before the first. */
  readonly lastSuccess: Date | undefined;
  /** Milliseconds that a step at the server has taken, which has a bound; undefined while it waits for room or for a store. */
  readonly stepMs: number | undefined;
  /** Stops pulling; resolves when running handlers have ended. After `patienceMs` they are asked to end by their signal. */
  stop(patienceMs: number): Promise<void>;
}

/** Starts to work through a durable. */
export function runConsumer<M extends Message>(options: ConsumerOptions<M>): RunningConsumer {
  const { link, consumer, service, topology, log, concurrency = 8 } = options;
  const stream = requireStreamOf(consumer.message, topology).name;
  const durable = durableName(service, consumer);
  const ending = new AbortController();
  const stopping = new AbortController();
  const most = (): number =>
    Math.min(typeof concurrency === 'number' ? concurrency : concurrency(), consumer.policy.maxAckPending);
  const places = new Places(most, stopping.signal);

  async function deliver(message: JsMsg): Promise<void> {
    const startedAt = performance.now();
    const trace = { requestId: `${stream}:${message.seq}`, traceparent: nextTraceparent(traceOf(message)) };
    const place = { stream, durable, stopping: stopping.signal, ending: ending.signal };
    const settling = runInTrace(trace, async () => await settleDelivery(message, options, place));
    const outcome = await settling.catch((err: unknown) => {
      log.error({ err, durable }, 'a delivery could not be settled and will be redelivered');
      return 'retried' as const;
    });
    options.onOutcome?.(durable, outcome, (performance.now() - startedAt) / 1000);
  }

  const loop = new PullLoop({
    ...{ link, stream, durable, places, log },
    ready: options.ready ?? (async () => Promise.resolve()),
    stopping: stopping.signal,
    onMessage: (message) => places.occupy(deliver(message)),
  });
  const ended = loop.run();
  return {
    durable,
    get pulling() {
      return loop.problem === undefined && link.connected && !stopping.signal.aborted;
    },
    get problem() {
      return link.connected ? loop.problem : 'nats is away';
    },
    get lastSuccess() {
      return loop.lastSuccess;
    },
    get stepMs() {
      return loop.stepMs;
    },
    async stop(patienceMs) {
      stopping.abort();
      const timer = setTimeout(() => ending.abort(), patienceMs);
      await ended;
      await places.ended();
      clearTimeout(timer);
    },
  };
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
