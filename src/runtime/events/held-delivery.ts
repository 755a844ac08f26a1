import type { JsMsg } from 'nats';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { isStoreAway, unavailabilityOf, type Unavailability } from '../unavailable.ts';
import { PermanentError, RetryLater } from './errors.ts';

/** What holding needs to know of a delivery. */
export interface Holding {
  readonly durable: string;
  /** Milliseconds in which the delivery must be acknowledged. */
  readonly ackWaitMs: number;
  /** Aborts when the service begins to end: what is held then is given back. */
  readonly stopping: AbortSignal;
  readonly log: Logger;
  /** Called each time that the store could not serve the handler. */
  readonly onTrouble: ((trouble: Unavailability) => void) | undefined;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
/** Beyond the time for which PostgreSQL keeps the locks of a lost connection. */
const LONGEST_SLOW_MS = 30_000;

/**
 * Runs a handler. While a store that it needs is away, or slow for a moment, the delivery is held here and the handler runs
 * again, since each delivery that is given back brings the message nearer to its death. Other errors are thrown, as is the
 * last one when the service ends meanwhile.
 */
export async function handleOrHold(message: JsMsg, holding: Holding, handle: () => Promise<void>): Promise<void> {
  const { durable, ackWaitMs, stopping, log } = holding;
  const startedAt = performance.now();
  let signs: NodeJS.Timeout | undefined;
  try {
    await untilItSucceeds(handle, stopping, (error) => {
      const trouble = unavailabilityOf(error);
      if (trouble !== undefined) holding.onTrouble?.(trouble);
      if (!mayBeHeld(error, performance.now() - startedAt) || stopping.aborted) return false;
      if (signs === undefined) {
        log.warn({ err: error, durable, ...trouble }, 'a store could not serve a message, it waits');
        signs = workingSigns(message, ackWaitMs);
        message.working();
      }
      return true;
    });
  } finally {
    clearInterval(signs);
  }
}

/**
 * Runs work again, with growing pauses, until it succeeds. Throws its last error when `mayGoOn` is false for it, and when the
 * service ends meanwhile.
 */
export async function untilItSucceeds(
  work: () => Promise<void>,
  stopping: AbortSignal,
  mayGoOn: (error: unknown) => boolean,
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      await work();
      return;
    } catch (error) {
      if (!mayGoOn(error) || stopping.aborted) throw error;
      await pause(pauseMs, undefined, { signal: stopping }).catch(() => {
        throw error;
      });
    }
  }
}

/** Tells the server that a delivery is in work, until the timer is cleared. */
export function workingSigns(message: JsMsg, ackWaitMs: number): NodeJS.Timeout {
  return setInterval(() => message.working(), ackWaitMs / 3);
}

/**
 * Whether it costs nothing to try again here. A handler that says itself what becomes of the message has its way. What was
 * slow or met others may be so because of a connection that was lost, whose locks end soon; or always, which counts as a
 * failure in the end.
 */
function mayBeHeld(error: unknown, heldMs: number): boolean {
  if (error instanceof RetryLater || error instanceof PermanentError) return false;
  return isStoreAway(error) || (unavailabilityOf(error) !== undefined && heldMs < LONGEST_SLOW_MS);
}
