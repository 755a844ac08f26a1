/**
 * Objects out of the text that `kubectl -o json --watch` writes: one after the other without a separator, each on one line
 * or on many, as the version of kubectl has it.
 */
export class JsonStream {
  private rest = '';
  private next = 0;
  private depth = 0;
  private inString = false;

  /** The objects that are complete with this piece. */
  push(piece: string): readonly unknown[] {
    this.rest += piece;
    const objects: unknown[] = [];
    for (; this.next < this.rest.length; this.next += 1) {
      if (!this.endsObject(this.rest[this.next])) continue;
      objects.push(JSON.parse(this.rest.slice(0, this.next + 1)));
      this.rest = this.rest.slice(this.next + 1);
      this.next = -1;
    }
    return objects;
  }

  /** Counts braces outside of strings. */
  private endsObject(character: string | undefined): boolean {
    if (this.inString) {
      if (character === '\\') this.next += 1;
      else if (character === '"') this.inString = false;
      return false;
    }
    if (character === '"') this.inString = true;
    if (character === '{') this.depth += 1;
    if (character !== '}') return false;
    this.depth -= 1;
    return this.depth === 0;
  }
}
