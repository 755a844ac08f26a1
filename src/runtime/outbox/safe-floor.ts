/**
 * Up to which position nothing can appear any more. Positions are drawn before the commit, so a smaller one may become visible
 * after a larger one. A writer holds its lock on the table from before it draws a position until its end: when all who held it
 * after a position was the last have ended, nothing up to that position is to come.
 */
export class SafeFloor {
  /** Everything up to this position is visible or never will be. */
  safe = 0;
  private awaited: { readonly last: number; readonly writers: ReadonlySet<string>; readonly since: number } | undefined;

  /** Notes the last position that was drawn, and who wrote at a moment after that. */
  note(last: number, writers: readonly string[], now: number): void {
    const { awaited } = this;
    if (awaited !== undefined && !writers.some((writer) => awaited.writers.has(writer))) {
      this.safe = Math.max(this.safe, awaited.last);
      this.awaited = undefined;
    }
    if (writers.length === 0) {
      this.safe = Math.max(this.safe, last);
      this.awaited = undefined;
    }
    if (last > this.safe) this.awaited ??= { last, writers: new Set(writers), since: now };
  }

  /** Since when a writer that does not end holds it back. */
  get heldSince(): number | undefined {
    return this.awaited?.since;
  }

  /** Forgets everything: another server may know less. */
  reset(): void {
    this.safe = 0;
    this.awaited = undefined;
  }
}
