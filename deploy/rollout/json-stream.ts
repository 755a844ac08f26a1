/** Objects out of the text that `kubectl -o json --watch` writes: one after the other, indented, no separator. */

/** Cuts where a line is a closing brace at its start; kubectl indents everything else. */
export class JsonStream {
  private rest = '';

  /** The objects that are complete with this piece. */
  push(piece: string): readonly unknown[] {
    this.rest += piece;
    const objects: unknown[] = [];
    for (let end = this.rest.indexOf('\n}\n'); end !== -1; end = this.rest.indexOf('\n}\n')) {
      objects.push(JSON.parse(this.rest.slice(0, end + 2)));
      this.rest = this.rest.slice(end + 3);
    }
    return objects;
  }
}
