/**
 * How long a request waits for PostgreSQL, over all its statements. Each statement has a limit of its own; where a store is slow
 * and each takes just less than that, their sum has none. It holds until the answer begins: a stream of events may live for hours.
 */
import { currentTrace, runInTrace, type Trace } from './trace.ts';

/** With what else a request may wait for, it is answered within 10 s. */
const REQUEST_MS = 8000;

/** What one request has waited, and may wait. */
export class Patience {
  private isOver: () => boolean;
  private waitedMs = 0;
  private waiting = 0;
  private since = 0;

  constructor(isOver: () => boolean) {
    this.isOver = isOver;
  }

  /** Lets go of the request, whose answer has ended or never will. What was started in it may live on, and holds this. */
  settle(): void {
    const isOver = this.isOver();
    this.isOver = () => isOver;
  }

  /** Milliseconds that are left where a single statement may take `longestMs`; several that wait at once count once. */
  leftMs(longestMs: number): number {
    if (this.isOver()) return Number.POSITIVE_INFINITY;
    const now = this.waiting === 0 ? 0 : performance.now() - this.since;
    return Math.max(REQUEST_MS, longestMs) - this.waitedMs - now;
  }

  /** Awaits work that may take `longestMs`, and calls `giveUp`, which ends it, when no more is left. */
  async wait<T>(work: Promise<T>, longestMs: number, giveUp: () => void): Promise<T> {
    const leftMs = this.leftMs(longestMs);
    const timer = leftMs < longestMs ? setTimeout(giveUp, leftMs) : undefined;
    if (this.waiting === 0) this.since = performance.now();
    this.waiting += 1;
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      this.waiting -= 1;
      if (this.waiting === 0) this.waitedMs += performance.now() - this.since;
    }
  }
}

/** Where a trace keeps its limit. In a WeakMap, V8 keeps it, and the request that it holds, beyond every young collection. */
const PATIENCE = Symbol('patience');
type LimitedTrace = Trace & { [PATIENCE]?: Patience | undefined };

/** Limits how long what runs in a trace waits, until that `isOver`. */
export function limitWaiting(trace: LimitedTrace, isOver: () => boolean): Patience {
  const patience = new Patience(isOver);
  trace[PATIENCE] = patience;
  return patience;
}

/** The limit of what runs now; undefined where it has none. */
export function currentPatience(): Patience | undefined {
  return (currentTrace() as LimitedTrace | undefined)?.[PATIENCE];
}

/** Runs what has to be done also for a request that has waited enough. */
export function withoutPatience<T>(run: () => T): T {
  const trace = currentTrace();
  if (trace === undefined) return run();
  const unlimited: LimitedTrace = { ...trace, [PATIENCE]: undefined };
  return runInTrace(unlimited, run);
}
