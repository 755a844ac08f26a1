import type { ScanPlace } from './scan-place.ts';

/** Milliseconds between two looks at what is newer than the backlog. */
const EVERY_MS = 10;
/** How long an aggregate with many older messages is left to the backlog. */
const CROWDED_MS = 250;
const MOST_PULLED = 100;

/** Where a relay reads what is newer than a backlog. */
export class FreshPlace {
  /** Older messages of an aggregate that are fetched so that a new one can go. */
  readonly mostOlder = 50;
  private at: number | undefined;
  private turn = 0;
  private nextAt = 0;
  private crowded = new Set<string>();
  private crowdedUntil = 0;

  /** Where to read from; undefined when there is no use in it now. */
  begin({ floor, at, turn }: ScanPlace, safe: number, now: number): number | undefined {
    if (turn !== this.turn) this.at = undefined;
    this.turn = turn;
    if (now < this.nextAt) return undefined;
    this.nextAt = now + EVERY_MS;
    if (now > this.crowdedUntil) {
      this.crowded = new Set();
      this.crowdedUntil = now + CROWDED_MS;
    }
    this.at ??= safe;
    return this.at > Math.max(floor, at) ? this.at : undefined;
  }

  read(last: number | undefined, full: boolean, safe: number): void {
    const end = full && last !== undefined ? last : Number.POSITIVE_INFINITY;
    this.at = Math.max(this.at ?? 0, Math.min(safe, end));
  }

  end(): void {
    this.at = undefined;
  }

  /** Aggregates whose older messages are worth fetching. */
  pullable(aggregates: readonly string[]): readonly string[] {
    return [...new Set(aggregates)].filter((aggregate) => !this.crowded.has(aggregate)).slice(0, MOST_PULLED);
  }

  /** Whether all older messages of an aggregate are there. */
  mayPull(rows: readonly { readonly aggregate: string }[]): boolean {
    const [first] = rows;
    if (first === undefined) return false;
    if (rows.length <= this.mostOlder) return true;
    this.crowded.add(first.aggregate);
    return false;
  }
}
