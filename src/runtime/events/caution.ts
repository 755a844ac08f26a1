/**
 * Care after a crash, so that a message whose handler kills the process does not use up the deliveries of those beside it. A
 * process that finds unacknowledged deliveries at its start may have died of one of them. It pulls one message at a time, and
 * while one that was delivered before is in work, it pulls nothing. That ends when no such message has come for longer than
 * the time to acknowledge.
 */

/** What was in work at a crash is delivered again within one time to acknowledge; the rest is for the way. */
const ACK_WAITS = 1.2;

/** How careful one consumer is at the moment. */
export class Caution {
  private readonly longMs: number;
  private until = Number.NEGATIVE_INFINITY;
  private suspects = 0;
  /** Sequences of messages that were given back here meanwhile, and come again for that reason. */
  private readonly givenBack = new Set<number>();

  constructor(ackWaitMs: number) {
    this.longMs = ackWaitMs * ACK_WAITS;
  }

  /** Most messages of one pull. */
  get batch(): number {
    return this.careful ? 1 : Number.POSITIVE_INFINITY;
  }

  /** Most deliveries in work. */
  get limit(): number {
    return this.suspects > 0 ? 1 : Number.POSITIVE_INFINITY;
  }

  /** The process begins, and so many deliveries of the durable are not acknowledged. */
  begin(unacknowledged: number): void {
    if (unacknowledged > 0) this.extend();
  }

  /** A message came. Returns what to call when its delivery ended, with whether it was given back. */
  received(sequence: number, attempt: number): (givenBack: boolean) => void {
    if (!this.careful) {
      this.givenBack.clear();
      return () => undefined;
    }
    const suspect = !this.givenBack.delete(sequence) && attempt > 1;
    if (suspect) {
      this.suspects += 1;
      this.extend();
    }
    return (givenBack) => {
      if (suspect) this.suspects -= 1;
      if (givenBack) this.givenBack.add(sequence);
    };
  }

  private get careful(): boolean {
    return performance.now() < this.until;
  }

  private extend(): void {
    this.until = performance.now() + this.longMs;
  }
}
