/**
 * Tells JSON objects that follow each other without a marker, as `kubectl get -o json --watch` and `jq -c` write them, from
 * one document of YAML between curly brackets: up to the line in question everything must be one complete JSON object.
 */
export class JsonObjects {
  private text = '';
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** Whether a bracket that opened the document has closed, as far as brackets tell. */
  private closed = false;
  /** Whether the document begins with a bracket; undefined while nothing of it is there. */
  private begins: boolean | undefined;

  /** Whether a line starts the next object. */
  startsAnother(line: string): boolean {
    return this.closed && /^\s*\{/.test(line) && isObject(this.text);
  }

  /** Adds a line of the document; tells whether a second object starts within it. */
  add(line: string): boolean {
    if (line.trim() !== '') this.begins ??= line.trimStart().startsWith('{');
    if (this.begins === false) return false;
    const before = this.text;
    this.text += line;
    for (let index = 0; index < line.length; index += 1) {
      const letter = line[index];
      if (this.closed && letter === '{' && isObject(before + line.slice(0, index))) return true;
      this.read(letter);
    }
    return false;
  }

  private read(letter: string | undefined): void {
    if (this.inString) {
      if (!this.escaped && letter === '"') this.inString = false;
      this.escaped = !this.escaped && letter === '\\';
    } else if (letter === '"') this.inString = true;
    else if (letter === '{') {
      this.depth += 1;
      this.closed = false;
    } else if (letter === '}') {
      this.depth -= 1;
      this.closed = this.depth === 0;
    }
  }
}

function isObject(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
