/** Hands one delivery to its handler, and acknowledges it or gives it back by what the handler throws. */
import { decodeMessage, MessageError, type Consumer, type Message, type Topology } from '#declare';
import type { JsMsg } from 'nats';
import { textOf } from '../dependency.ts';
import type { Logger } from '../log.ts';
import { noteInSpan } from '../spans.ts';
import { absentDependencyOf, unavailabilityOf, type Unavailability } from '../unavailable.ts';
import type { OpenNats } from './connection.ts';
import { publishDeadLetter, type DeathCause } from './dead-letter.ts';
import { nakDelayMs, type DeliveryHandler, type HandlingOptions } from './delivery.ts';
import { PermanentError, RetryLater } from './errors.ts';
import { handleOrHold, untilItSucceeds, workingSigns } from './held-delivery.ts';
import type { Origin } from './durable-life.ts';
import { ReadDelivery } from './read-delivery.ts';

/** What became of a delivery; a label of a metric. */
export type DeliveryOutcome = 'done' | 'retried' | 'dead' | 'given-back' | 'outlived';

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
  readonly origin: Origin;
  /** Deliveries that are handled. */
  readonly maxDeliver: number;
  /** Aborts when the service begins to end. */
  readonly stopping: AbortSignal;
  /** Aborts when its handler is asked to end. */
  readonly ending: AbortSignal;
}

const REASON_LENGTH = 2000;
const CRASHED = 'no outcome came of any of its deliveries: the process ended each time, or could not tell';

/** What a handler's end means for its message. */
type Verdict =
  | { readonly outcome: 'done' | 'given-back' }
  | { readonly outcome: 'retried'; readonly error: unknown }
  | { readonly outcome: 'dead'; readonly error: unknown; readonly cause: DeathCause };

/** Settles one delivery. Throws when its acknowledgement could not be sent; it is delivered again then. */
export async function settleDelivery<M extends Message>(
  message: JsMsg,
  options: SettlingOptions<M>,
  place: SettlingPlace,
): Promise<DeliveryOutcome> {
  const { workingEveryMs, log } = options;
  const { durable, origin } = place;
  const life = workingEveryMs === undefined ? undefined : setInterval(() => message.working(), workingEveryMs);
  try {
    const verdict = await handled(message, options, place);
    if (verdict.outcome === 'dead') await buryForSure(message, options, place, verdict);
    if (!(await origin.stillThere())) {
      log.warn(
        { durable, sequence: message.seq },
        'its stream was made again meanwhile, a message is not acknowledged',
      );
      return 'outlived';
    }
    if (verdict.outcome === 'done') message.ack();
    else if (verdict.outcome === 'dead') message.term();
    else if (verdict.outcome === 'retried') retry(message, options, durable, verdict.error);
    else {
      noteInSpan('given back', {});
      message.nak();
    }
    return verdict.outcome;
  } finally {
    clearInterval(life);
  }
}

/** Has a delivery handled; one beyond those of the declaration only tells that none of them came to an end. */
async function handled<M extends Message>(
  message: JsMsg,
  options: SettlingOptions<M>,
  { stream, durable, maxDeliver, stopping, ending }: SettlingPlace,
): Promise<Verdict> {
  const attempt = message.info.redeliveryCount;
  if (attempt > maxDeliver) return { outcome: 'dead', cause: 'crashed', error: new Error(CRASHED) };
  const lastAttempt = attempt === maxDeliver;
  const { log, onTrouble } = options;
  try {
    const read = decodeMessage(options.consumer.message, message.data);
    const delivery = new ReadDelivery<M>(message, read, { durable, stream, attempt, lastAttempt, signal: ending }, log);
    const holding = { durable, ackWaitMs: options.consumer.policy.ackWaitSeconds * 1000, stopping, log, onTrouble };
    await handleOrHold(message, holding, async () => await options.handler(delivery));
    return { outcome: 'done' };
  } catch (error) {
    const cause = deathCause(error, lastAttempt);
    const givenBack = ending.aborted || (stopping.aborted && unavailabilityOf(error) !== undefined);
    if (cause === 'exhausted' && givenBack) return { outcome: 'dead', cause, error: stoppedInLast(error) };
    if (cause !== undefined) return { outcome: 'dead', cause, error };
    return givenBack ? { outcome: 'given-back' } : { outcome: 'retried', error };
  }
}

/**
 * Keeps the delivery until its letter is stored: a message that ran out of deliveries is never delivered again. Throws when
 * the service ends meanwhile.
 */
async function buryForSure<M extends Message>(
  message: JsMsg,
  options: SettlingOptions<M>,
  place: SettlingPlace,
  verdict: { readonly error: unknown; readonly cause: DeathCause },
): Promise<void> {
  const { log, consumer } = options;
  const { durable, stopping } = place;
  const signs = workingSigns(message, consumer.policy.ackWaitSeconds * 1000);
  noteInSpan('dead letter', { cause: verdict.cause, 'exception.message': textOf(verdict.error) });
  try {
    await untilItSucceeds(
      async () => await bury(message, options, place, verdict),
      stopping,
      (error) => {
        const reason = textOf(error);
        if (!stopping.aborted)
          log.warn({ reason, durable, sequence: message.seq }, 'a dead letter was not stored, tries again');
        return true;
      },
    );
  } finally {
    clearInterval(signs);
  }
}

async function bury<M extends Message>(
  message: JsMsg,
  { link, service, topology, log }: SettlingOptions<M>,
  { stream, durable, maxDeliver }: SettlingPlace,
  { error, cause }: { readonly error: unknown; readonly cause: DeathCause },
): Promise<void> {
  const deliveries = Math.min(message.info.redeliveryCount, maxDeliver);
  log.error({ err: error, durable, deliveries, cause }, 'gave up on a message');
  // what handles dead letters must make none of those that it cannot handle: they stay in their stream
  if (stream === topology.deadLetters?.stream && cause !== 'malformed') return;
  await publishDeadLetter(link, {
    ...{ service, durable, stream, message, cause, topology, deliveries },
    reason: textOf(error).slice(0, REASON_LENGTH) || 'unknown',
  });
}

function retry<M extends Message>(
  message: JsMsg,
  { consumer, nakDelaysSeconds, random = Math.random, log }: SettlingOptions<M>,
  durable: string,
  error: unknown,
): void {
  const attempt = message.info.redeliveryCount;
  const delays = nakDelaysSeconds ?? consumer.policy.nakDelaysSeconds;
  const delayMs = error instanceof RetryLater ? error.delayMs : nakDelayMs(delays, attempt, random);
  log.warn(
    { err: error, durable, attempt, delayMs, away: absentDependencyOf(error) },
    'a message failed, retrying later',
  );
  noteInSpan('retry', { delay_ms: delayMs, 'exception.message': textOf(error) });
  message.nak(delayMs);
}

/** Given back, a last delivery would come once more, and its letter would say that the process had died each time. */
function stoppedInLast(cause: unknown): Error {
  return new Error(`the service was stopped during the last delivery: ${textOf(cause)}`, { cause });
}

function deathCause(error: unknown, lastAttempt: boolean): DeathCause | undefined {
  if (error instanceof MessageError) return 'malformed';
  if (error instanceof PermanentError) return 'permanent';
  return lastAttempt ? 'exhausted' : undefined;
}
