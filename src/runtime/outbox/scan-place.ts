/** Where a relay reads the outbox: in passes from the floor, page by page. */
export class ScanPlace {
  /** Everything up to it was seen: it is on its way, was passed over on purpose, or is gone. */
  floor = 0;
  /** Where the next page begins. */
  at = 0;
  /** Changes whenever the floor is set back: what was read before that moves nothing. */
  turn = 0;
  /** Nothing up to it could appear any more when the pass began. */
  private safe = 0;

  /** Called before a page is read. */
  begin(safe: number): void {
    if (this.at === this.floor) this.safe = safe;
  }

  /** Called when a page was read from `at` to `end`, in the same turn; to infinity where nothing was behind. */
  read(end: number, safe: number): void {
    this.floor = Math.max(this.floor, Math.min(this.safe, end));
    // what appeared behind this page is found by the next pass
    const over = end >= this.safe && (!Number.isFinite(end) || safe > this.safe);
    this.at = over ? this.floor : Math.max(end, this.floor);
  }

  /** Has everything above a position read again. */
  rewind(position: number): void {
    this.floor = Math.min(this.floor, position);
    this.at = this.floor;
    this.turn += 1;
  }
}
