/** Hands one delivery to its handler, and acknowledges it or gives it back by what the handler throws. */
import { decodeMessage, MessageError, type Consumer, type Message, type Topology } from '#declare';
import type { JsMsg } from 'nats';
import { textOf } from '../dependency.ts';
import type { Logger } from '../log.ts';
import { absentDependencyOf, unavailabilityOf, type Unavailability } from '../unavailable.ts';
import type { OpenNats } from './connection.ts';
import { publishDeadLetter, type DeathCause } from './dead-letter.ts';
import { nakDelayMs, type DeliveryHandler, type HandlingOptions } from './delivery.ts';
import { PermanentError, RetryLater } from './errors.ts';
import { handleOrHold } from './held-delivery.ts';
import { ReadDelivery } from './read-delivery.ts';

/** What became of a delivery; a label of a metric. */
export type DeliveryOutcome = 'done' | 'retried' | 'dead' | 'given-back';

/** What settling needs of its consumer. */
export interface SettlingOptions<M extends Message> extends Pick<
  HandlingOptions,
  'workingEveryMs' | 'nakDelaysSeconds'
> {
  readonly link: OpenNats;
  readonly service: string;
  readonly consumer: Consumer<M>;
  readonly topology: Topology;
  readonly handler: DeliveryHandler<M>;
  readonly log: Logger;
  /** Called when a handler met a store that is away. @default - nothing */
  readonly onTrouble?: (trouble: Unavailability) => void;
  /** Returns numbers from 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/** The durable of a delivery, and the end of the service. */
export interface SettlingPlace {
  readonly stream: string;
  readonly durable: string;
  /** Aborts when the service begins to end. */
  readonly stopping: AbortSignal;
  /** Aborts when its handler is asked to end. */
  readonly ending: AbortSignal;
}

const REASON_LENGTH = 2000;

/** Settles one delivery. Throws when its acknowledgement could not be sent; it is delivered again then. */
export async function settleDelivery<M extends Message>(
  message: JsMsg,
  options: SettlingOptions<M>,
  { stream, durable, stopping, ending }: SettlingPlace,
): Promise<DeliveryOutcome> {
  const attempt = message.info.redeliveryCount;
  const { maxDeliver, ackWaitSeconds } = options.consumer.policy;
  const lastAttempt = attempt >= maxDeliver;
  const { workingEveryMs, log } = options;
  const life = workingEveryMs === undefined ? undefined : setInterval(() => message.working(), workingEveryMs);
  try {
    const read = decodeMessage(options.consumer.message, message.data);
    const place = { durable, stream, attempt, lastAttempt, signal: ending };
    const delivery = new ReadDelivery<M>(message, read, place, log);
    const holding = { durable, ackWaitMs: ackWaitSeconds * 1000, stopping, log, onTrouble: options.onTrouble };
    await handleOrHold(message, holding, async () => await options.handler(delivery));
    message.ack();
    return 'done';
  } catch (error) {
    const cause = deathCause(error, lastAttempt);
    const givenBack = ending.aborted || (stopping.aborted && unavailabilityOf(error) !== undefined);
    const givesUp = cause !== undefined && !(givenBack && cause === 'exhausted');
    if (givesUp) return await bury(message, options, { stream, durable, attempt, cause, error });
    if (givenBack) {
      message.nak();
      return 'given-back';
    }
    return retry(message, options, { durable, attempt, error });
  } finally {
    clearInterval(life);
  }
}

async function bury<M extends Message>(
  message: JsMsg,
  { link, service, topology, log }: SettlingOptions<M>,
  death: {
    readonly stream: string;
    readonly durable: string;
    readonly attempt: number;
    readonly cause: DeathCause;
    readonly error: unknown;
  },
): Promise<DeliveryOutcome> {
  const { stream, durable, attempt, cause, error } = death;
  log.error({ err: error, durable, attempt, cause }, 'gave up on a message');
  await publishDeadLetter(link, {
    ...{ service, durable, stream, message, cause, topology },
    reason: textOf(error).slice(0, REASON_LENGTH) || 'unknown',
    deliveries: attempt,
  });
  message.term();
  return 'dead';
}

function retry<M extends Message>(
  message: JsMsg,
  { consumer, nakDelaysSeconds, random = Math.random, log }: SettlingOptions<M>,
  { durable, attempt, error }: { readonly durable: string; readonly attempt: number; readonly error: unknown },
): DeliveryOutcome {
  const delays = nakDelaysSeconds ?? consumer.policy.nakDelaysSeconds;
  const delayMs = error instanceof RetryLater ? error.delayMs : nakDelayMs(delays, attempt, random);
  log.warn(
    { err: error, durable, attempt, delayMs, away: absentDependencyOf(error) },
    'a message failed, retrying later',
  );
  message.nak(delayMs);
  return 'retried';
}

function deathCause(error: unknown, lastAttempt: boolean): DeathCause | undefined {
  if (error instanceof MessageError) return 'malformed';
  if (error instanceof PermanentError) return 'permanent';
  return lastAttempt ? 'exhausted' : undefined;
}
