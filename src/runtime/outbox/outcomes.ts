/** What is to be written down, until it is. */
export class Outcomes<T> {
  private items: T[] = [];

  get length(): number {
    return this.items.length;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** Hands everything over; what `write` returns, or all when it throws, is kept for the next time. */
  async write(write: (items: readonly T[]) => Promise<readonly T[]>): Promise<void> {
    const taken = this.items;
    if (taken.length === 0) return;
    this.items = [];
    let left: readonly T[] = taken;
    try {
      left = await write(taken);
    } finally {
      this.items = [...left, ...this.items];
    }
  }
}
