/** A page of a list. */
export interface Page<Item> {
  /** The items of this page, in the order of the list. */
  readonly items: readonly Item[];
  /** Cursor of the next page; null on the last one. */
  readonly nextCursor: string | null;
}
