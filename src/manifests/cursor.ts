/**
 * A place inside a manifest that nobody has vouched for: its value and the JSON pointer that leads there. Walking never
 * throws: what is not there has the value undefined, what is not a list has no items. So one reader serves objects made
 * by constructs and YAML written by hand, and each fault knows the line that it is about.
 */
export class Cursor {
  /** What stands here; undefined when there is nothing. */
  readonly value: unknown;
  /** The place above, or the pointer at which the walk began; most places are walked through and no pointer is asked for. */
  private readonly above: Cursor | string;
  private readonly key: string | number;

  constructor(value: unknown, above: Cursor | string = '', key: string | number = '') {
    this.value = value;
    this.above = above;
    this.key = key;
  }

  /** JSON pointer (RFC 6901) from the top of the object. */
  get pointer(): string {
    if (typeof this.above === 'string') return this.above;
    return `${this.above.pointer}/${String(this.key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }

  /** Whether anything stands here. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** The text here; undefined when it is no string. */
  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  /** The number here; undefined when it is none. */
  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  /** The place below, by key or index. */
  at(...path: readonly (string | number)[]): Cursor {
    if (path[0] === undefined) return this;
    let place = this.child(path[0]);
    for (let i = 1; i < path.length; i += 1) place = place.child(path[i] ?? '');
    return place;
  }

  /** The items of a list. */
  get items(): readonly Cursor[] {
    const list: unknown = this.value;
    return Array.isArray(list) ? list.map((item: unknown, index) => new Cursor(item, this, index)) : [];
  }

  /** Keys and places of a map. */
  get entries(): readonly (readonly [string, Cursor])[] {
    const map = this.value;
    return isRecord(map) ? Object.keys(map).map((key) => [key, new Cursor(map[key], this, key)] as const) : [];
  }

  /** A map of strings, such as labels; what is no string is left out. */
  get strings(): Readonly<Record<string, string>> {
    const strings: Record<string, string> = {};
    if (!isRecord(this.value)) return strings;
    for (const [key, value] of Object.entries(this.value)) if (typeof value === 'string') strings[key] = value;
    return strings;
  }

  private child(key: string | number): Cursor {
    const { value } = this;
    if (Array.isArray(value)) return new Cursor((value as readonly unknown[])[Number(key)], this, key);
    return new Cursor(isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined, this, key);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
