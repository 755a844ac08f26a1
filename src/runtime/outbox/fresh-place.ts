import type { ScanPlace } from './scan-place.ts';

/** Milliseconds between two looks at what is newer than the backlog. */
const EVERY_MS = 10;
/** How long an aggregate with many older messages is left to the backlog. */
const CROWDED_MS = 250;
const MOST_PULLED = 100;
const REST_MS = 30_000;

/** Where a relay reads what is newer than a backlog. */
export class FreshPlace {
  /** Older messages of an aggregate that are fetched so that a new one can go. */
  readonly mostOlder = 50;
  private at: number | undefined;
  /** Where it began above the backlog. */
  private since: number | undefined;
  private turn = 0;
  private nextAt = 0;
  private crowded = new Set<string>();
  private crowdedUntil = 0;

  /** Where to read from; undefined when there is no use in it now. */
  begin({ floor, at, turn }: ScanPlace, safe: number, now: number): number | undefined {
    // of what was read, some may have been forgotten: to begin above that would leave it to the backlog
    if (turn !== this.turn) this.at = this.since;
    this.turn = turn;
    if (now < this.nextAt) return undefined;
    this.nextAt = now + EVERY_MS;
    if (now > this.crowdedUntil) {
      this.crowded = new Set();
      this.crowdedUntil = now + CROWDED_MS;
    }
    const scanned = Math.max(floor, at);
    // what lies below is read by the scan
    if (this.at === undefined || this.at <= scanned) {
      this.at = safe;
      this.since = safe;
    }
    return this.at > scanned ? this.at : undefined;
  }

  /** Called when it was read to `end`. */
  read(end: number, safe: number): void {
    this.at = Math.max(this.at ?? 0, Math.min(safe, end));
  }

  end(): void {
    this.at = undefined;
    this.since = undefined;
  }

  /** Aggregates whose older messages are worth fetching. */
  pullable(aggregates: readonly string[]): readonly string[] {
    return [...new Set(aggregates)].filter((aggregate) => !this.crowded.has(aggregate)).slice(0, MOST_PULLED);
  }

  /** Whether all older messages of an aggregate are there; where they are too many or too large, it is left to the backlog. */
  mayPull(aggregate: string, rows: readonly unknown[]): boolean {
    if (rows.length > 0 && rows.length <= this.mostOlder) return true;
    this.crowded.add(aggregate);
    return false;
  }

  /** Leaves everything to the backlog for a while: looking beside it took too long. */
  rest(now: number): void {
    this.nextAt = now + REST_MS;
  }
}
