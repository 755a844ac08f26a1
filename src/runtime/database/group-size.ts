const MOST_OF_A_GROUP = 32;
/** What a group should take: it is the smaller, the longer effects take, down to one, so that slow ones run side by side. */
const GROUP_MS = 10;
const FIRST_ALONE_MS = 1000;
const LONGEST_ALONE_MS = 64_000;

/** How many deliveries a group may hold, by what effects took and whether groups failed. */
export class GroupSize {
  /** What an effect takes, as the last ones did. */
  private effectMs = 0.5;
  private aloneUntil = 0;
  private aloneMs = FIRST_ALONE_MS;

  /** The size at this moment; 1 for a while after a failure. */
  now(): number {
    if (performance.now() < this.aloneUntil) return 1;
    return Math.max(1, Math.min(MOST_OF_A_GROUP, Math.floor(GROUP_MS / this.effectMs)));
  }

  /** An effect took so long. */
  learn(tookMs: number): void {
    this.effectMs += (tookMs - this.effectMs) / 4;
  }

  /** A group was committed. */
  worked(msEach: number): void {
    this.learn(msEach);
    this.aloneMs = FIRST_ALONE_MS;
  }

  /** A group was rolled back: deliveries run alone for a while, the longer the more often that happens. */
  failed(): void {
    if (performance.now() < this.aloneUntil) return;
    this.aloneUntil = performance.now() + this.aloneMs;
    this.aloneMs = Math.min(this.aloneMs * 2, LONGEST_ALONE_MS);
  }
}
