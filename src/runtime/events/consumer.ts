/** Works through one durable: pulls its messages, hands each to the handler and settles it. */
import { durableName, requireStreamOf, type Message } from '#declare';
import type { JsMsg } from 'nats';
import { beginStep, type SpanFacts } from '../spans.ts';
import { Caution } from './caution.ts';
import type { HandlingOptions } from './delivery.ts';
import { DurableLife } from './durable-life.ts';
import { LongDeliveries } from './long-deliveries.ts';
import { deliveryFacts, receivedContext } from './message-trace.ts';
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
  /** Deliveries whose handlers run, and for how long the first of them has. */
  readonly inWork: { readonly count: number; readonly oldestSeconds: number };
  /** Stops pulling; resolves when running handlers have ended. After `patienceMs` they are asked to end by their signal. */
  stop(patienceMs: number): Promise<void>;
}

/** A handler has run for long after so many times to acknowledge, unless it is known to take longer. */
const LONG_ACK_WAITS = 5;
const ALL_TAKEN = 'messages that are in work for long have taken all places';

/** Starts to work through a durable. */
export function runConsumer<M extends Message>(options: ConsumerOptions<M>): RunningConsumer {
  const { link, consumer, service, topology, log, concurrency = 8 } = options;
  const { longAfterSeconds = consumer.policy.ackWaitSeconds * LONG_ACK_WAITS } = options;
  const stream = requireStreamOf(consumer.message, topology).name;
  const durable = durableName(service, consumer);
  const ending = new AbortController();
  const stopping = new AbortController();
  const caution = new Caution(consumer.policy.ackWaitSeconds * 1000);
  const life = new DurableLife(link, stream, durable);
  const most = (): number => {
    const wanted = typeof concurrency === 'number' ? concurrency : concurrency();
    return Math.min(wanted, consumer.policy.maxAckPending, caution.limit);
  };
  const places = new Places(most, stopping.signal);
  const inWork = new LongDeliveries(durable, longAfterSeconds * 1000, log);

  async function deliver(message: JsMsg): Promise<void> {
    const startedAt = performance.now();
    const leave = inWork.begin(message.seq);
    const { seq, info } = message;
    const facts = (): SpanFacts => deliveryFacts(consumer.message.subject, message, stream, durable);
    const step = beginStep(`${stream}:${seq}`, receivedContext(message), facts);
    const origin = life.delivered(message);
    const caredFor = caution.received(seq, info.redeliveryCount);
    const maxDeliver = life.handledDeliveries(consumer.policy.maxDeliver);
    const place = { stream, durable, origin, maxDeliver, stopping: stopping.signal, ending: ending.signal };
    const settling = step.run(async () => await settleDelivery(message, options, place));
    const outcome = await settling.catch((err: unknown) => {
      log.error({ err, durable }, 'a delivery could not be settled and will be redelivered');
      return 'retried' as const;
    });
    step.end({ error: outcome === 'retried' || outcome === 'dead' ? outcome : undefined });
    leave();
    caredFor(outcome === 'retried' || outcome === 'given-back');
    options.onOutcome?.(durable, outcome, (performance.now() - startedAt) / 1000);
  }

  const loop = new PullLoop({
    ...{ link, stream, durable, places, life, caution, log },
    ready: options.ready ?? (async () => Promise.resolve()),
    stopping: stopping.signal,
    onMessage: (message) => places.occupy(deliver(message)),
  });
  const ended = loop.run();
  return {
    durable,
    inWork,
    get pulling() {
      return this.problem === undefined && !stopping.signal.aborted;
    },
    get problem() {
      if (!link.connected) return 'nats is away';
      return loop.problem ?? (inWork.fill(most()) ? ALL_TAKEN : undefined);
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
      inWork.stop();
    },
  };
}
