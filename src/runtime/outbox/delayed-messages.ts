import { textOf } from '../dependency.ts';
import type { Logger } from '../log.ts';
import type { RelayStore } from './relay-store.ts';
import { StepSize } from './step-size.ts';

const LOOK_MS = 250;
const AFTER_FAILURE_MS = 1000;
/** A message may be committed so long after its time. */
const LATE_MS = 60_000;
/** All are looked at again now and then, also those that were committed later still. */
const ALL_MS = 60_000;
const USUAL = { rows: 500, bytes: 4 * 1024 * 1024, reach: 3_600_000 };

/**
 * Moves delayed messages into the outbox when their time has come. It looks from an earlier time on, in steps: what was moved
 * costs as much as what is there as long as an old snapshot sees it. A step that fails keeps nothing else waiting.
 */
export class DelayedMessages {
  private readonly store: RelayStore;
  private readonly log: Logger;
  private readonly size = new StepSize(USUAL);
  private from = 0;
  private nextAt = 0;
  private allAt = 0;

  constructor(store: RelayStore, log: Logger) {
    this.store = store;
    this.log = log;
  }

  /** Moves some when it is time to look. Returns how many. */
  async move(): Promise<number> {
    const startedAt = performance.now();
    if (startedAt < this.nextAt) return 0;
    if (startedAt >= this.allAt) {
      this.from = 0;
      this.allAt = Number.POSITIVE_INFINITY;
    }
    try {
      const { moved, end, now } = await this.store.moveDue(this.from, this.size);
      const endedAt = performance.now();
      const reachedNow = end >= now;
      this.size.succeeded(endedAt - startedAt, { reachedAll: end >= this.from + this.size.reach });
      this.from = reachedNow ? now - LATE_MS : end;
      if (reachedNow && this.allAt === Number.POSITIVE_INFINITY) this.allAt = endedAt + ALL_MS;
      this.nextAt = reachedNow ? endedAt + LOOK_MS : 0;
      return moved;
    } catch (error) {
      this.size.failed();
      this.nextAt = performance.now() + AFTER_FAILURE_MS;
      this.log.warn({ reason: textOf(error) }, 'delayed messages could not be moved into the outbox, tries again');
      return 0;
    }
  }
}
