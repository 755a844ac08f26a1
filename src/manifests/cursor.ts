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

  /** The number here; undefined if it is not a number. */
  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  /** The place below, by keys or indexes. */
  at(first: string | number, second?: string | number, third?: string | number, fourth?: string | number): Cursor {
    const place = this.child(first);
    // no list of keys is made: most of a check's time is spent here
    if (second === undefined) return place;
    return third === undefined ? place.child(second) : place.child(second).at(third, fourth);
  }

  /** The place below, by a path of any length. */
  along(path: readonly (string | number)[]): Cursor {
    return path.reduce<Cursor>((place, key) => place.child(key), this);
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
    if (typeof value !== 'object' || value === null) return new Cursor(undefined, this, key);
    if (Array.isArray(value)) return new Cursor((value as readonly unknown[])[Number(key)], this, key);
    return new Cursor(Object.hasOwn(value, key) ? (value as Plain)[key] : undefined, this, key);
  }
}

type Plain = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
