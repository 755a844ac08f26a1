/** Messages of one lane that are on their way at once. */
const MOST_AT_ONCE = 128;
/** Bytes of those; a single message may have more. */
const MOST_BYTES_AT_ONCE = 8 * 1024 * 1024;
/** After a pause it begins with so many. */
const AT_ONCE_AFTER_PAUSE = 4;
/** Failures in a row after which a lane closes. */
const FAILURES_TO_CLOSE = 8;
/** With something on its way and no answer for so long, others do not wait for a lane. */
const SILENT_MS = 250;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** Milliseconds before the next attempt after so many, ± 20 %. */
export function pauseMs(attempts: number, random: () => number): number {
  const ms = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  return Math.round(ms * (0.8 + 0.4 * random()));
}

/**
 * The messages of one declared subject. A stream that is full, missing or silent refuses them together, so a lane closes after
 * several failures in a row. Then only those go that were put off, one at a time, and the others are passed over until one of
 * those was stored.
 */
export class Lane {
  inFlight = 0;
  /** Their size. */
  bytesInFlight = 0;
  /** Lowest position that was passed over because of it. */
  skippedFrom = Number.POSITIVE_INFINITY;
  /** Whether it is closed after failures. */
  closed = false;
  private atOnce = MOST_AT_ONCE;
  private failures = 0;
  private silent = false;
  private heardAt = 0;

  /** Whether its messages go now. */
  get open(): boolean {
    return !this.closed && !this.silent;
  }

  /** Whether there is room for one more. */
  get hasRoom(): boolean {
    return this.open && this.inFlight < this.atOnce && this.bytesInFlight < MOST_BYTES_AT_ONCE;
  }

  /** Whether a message that was put off may be tried. */
  get mayRetry(): boolean {
    return this.closed ? this.inFlight === 0 : this.hasRoom;
  }

  skip(position: number): void {
    this.skippedFrom = Math.min(this.skippedFrom, position);
  }

  sent(now: number, bytes = 0): void {
    if (this.inFlight === 0) this.heardAt = now;
    this.inFlight += 1;
    this.bytesInFlight += bytes;
  }

  /** A message was stored. Returns the position from which on messages have to be read again. */
  stored(now: number, bytes = 0): number | undefined {
    this.settled(now, bytes);
    this.failures = 0;
    if (this.open) {
      this.atOnce = Math.min(this.atOnce * 2, MOST_AT_ONCE);
      return undefined;
    }
    return this.reopen();
  }

  /** A message left without a verdict on the lane: it was parked, or the connection was lost. */
  settled(now: number, bytes = 0): void {
    this.inFlight -= 1;
    this.bytesInFlight -= bytes;
    this.heardAt = now;
  }

  /** A message was refused or not answered. Returns whether the lane closes with that. */
  failed(now: number, bytes = 0): boolean {
    this.settled(now, bytes);
    this.failures += 1;
    if (this.closed || !(this.silent || this.failures >= Math.min(FAILURES_TO_CLOSE, this.atOnce))) return false;
    this.close();
    return true;
  }

  close(): void {
    this.closed = true;
    this.silent = false;
    this.failures = 0;
  }

  /** Whether no answer is to come that would open it: nothing is on its way, and nothing is left to try. */
  isStuck(putOff: number): boolean {
    return this.inFlight === 0 && (this.silent || (this.closed && putOff === 0));
  }

  /** Returns the position from which on messages have to be read again. */
  reopen(): number | undefined {
    if (this.closed) this.atOnce = AT_ONCE_AFTER_PAUSE;
    this.closed = false;
    this.silent = false;
    const from = this.skippedFrom;
    this.skippedFrom = Number.POSITIVE_INFINITY;
    return Number.isFinite(from) ? from : undefined;
  }

  /** Finds out whether it fell silent just now. */
  fellSilent(now: number): boolean {
    if (!this.open || this.inFlight === 0 || now - this.heardAt <= SILENT_MS) return false;
    this.silent = true;
    return true;
  }
}
