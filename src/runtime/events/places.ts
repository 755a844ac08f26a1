/** Milliseconds to wait for more free places after the first one. */
const GATHER_MS = 5;

/** The deliveries that one durable handles at once in this process. */
export class Places {
  private readonly running = new Set<Promise<void>>();
  private readonly limit: () => number;
  private readonly stopping: AbortSignal;
  private waiting: (() => void)[] = [];

  constructor(limit: () => number, stopping: AbortSignal) {
    this.limit = limit;
    this.stopping = stopping;
    stopping.addEventListener('abort', () => this.wake(), { once: true });
  }

  /** How many more deliveries there is room for, at least one. */
  get free(): number {
    return Math.max(1, this.limit() - this.running.size);
  }

  /** Occupies a place until the work has ended; the work does not reject. */
  occupy(work: Promise<void>): void {
    const occupied = work.finally(() => {
      this.running.delete(occupied);
      this.wake();
    });
    this.running.add(occupied);
  }

  /** Waits for a free place, and a moment for more of them: one pull for several costs as much as one for one. */
  async room(): Promise<void> {
    await this.atMost(this.limit() - 1);
    // with no more running than this, a pull is worth its while
    const manyFree = Math.floor(this.limit() / 2);
    if (this.running.size <= manyFree) return;
    await new Promise<void>((resolve) => {
      const moment = setTimeout(resolve, GATHER_MS);
      void this.atMost(manyFree).then(() => {
        clearTimeout(moment);
        resolve();
      });
    });
  }

  /** Resolves when all that runs now has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.running);
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private async atMost(count: number): Promise<void> {
    while (this.running.size > count && !this.stopping.aborted) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }
}
