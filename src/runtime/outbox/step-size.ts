/** How much one statement of a relay takes on. */
export interface StepLimits {
  readonly rows: number;
  /** Bytes of the messages together; a single message may have more. */
  readonly bytes: number;
  /** How far it looks. What was deleted costs as much as what is there as long as an old snapshot sees it. */
  readonly reach: number;
}

const QUICK_MS = 250;
const SLOW_MS = 1000;
const SHRINK = 4;
/** So few are looked through in no time, deleted or not. */
const SHORTEST_REACH = 1000;

/**
 * How much the next statement takes on. A statement that fails is not repeated as it was: where it met the time limit, it would
 * meet it again, forever. It asks for less then, down to one message, and for more again once that goes quickly.
 */
export class StepSize implements StepLimits {
  rows: number;
  bytes: number;
  reach: number;
  private readonly usual: StepLimits;

  constructor(usual: StepLimits) {
    this.usual = usual;
    this.rows = usual.rows;
    this.bytes = usual.bytes;
    this.reach = usual.reach;
  }

  /** A statement failed, whatever the reason was. */
  failed(): void {
    this.rows = Math.max(1, Math.floor(this.rows / SHRINK));
    this.bytes = Math.max(1, Math.floor(this.bytes / SHRINK));
    this.reach = Math.max(SHORTEST_REACH, Math.floor(Math.min(this.reach, this.usual.reach) / SHRINK));
  }

  /** A statement took so long. While those that find little are quick, they reach further than usual: positions have gaps. */
  succeeded(tookMs: number, { reachedAll }: { readonly reachedAll: boolean }): void {
    if (tookMs > SLOW_MS) this.reach = Math.max(SHORTEST_REACH, Math.floor(this.reach / 2));
    if (tookMs > QUICK_MS) return;
    this.rows = Math.max(this.rows, Math.min(this.rows * 2, this.usual.rows));
    this.bytes = Math.min(this.bytes * 2, this.usual.bytes);
    if (reachedAll || this.reach < this.usual.reach) this.reach = Math.min(this.reach * 2, Number.MAX_SAFE_INTEGER);
  }

  /** Has it take on more messages than usual, or again as many, unless a failure says less. */
  wantRows(rows: number): void {
    if (this.rows >= this.usual.rows) this.rows = Math.max(this.usual.rows, rows);
  }
}
