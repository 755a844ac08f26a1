/**
 * A place inside a manifest that nobody has vouched for: its value and the JSON pointer that leads there. Walking never
 * throws: what is not there has the value undefined, what is not a list has no items. So one reader serves objects made
 * by constructs and YAML written by hand, and each fault knows the line that it is about.
 */
export class Cursor {
  /** What stands here; undefined when there is nothing. */
  readonly value: unknown;
  /** JSON pointer (RFC 6901) from the top of the object. */
  readonly pointer: string;

  constructor(value: unknown, pointer = '') {
    this.value = value;
    this.pointer = pointer;
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
    return path.reduce<Cursor>((place, key) => place.child(String(key)), this);
  }

  /** The items of a list. */
  get items(): readonly Cursor[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.child(String(index))) : [];
  }

  /** Keys and places of a map. */
  get entries(): readonly (readonly [string, Cursor])[] {
    return isRecord(this.value) ? Object.keys(this.value).map((key) => [key, this.child(key)] as const) : [];
  }

  /** A map of strings, such as labels; what is no string is left out. */
  get strings(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.entries.flatMap(([key, place]) => (place.text === undefined ? [] : [[key, place.text]])),
    );
  }

  private child(key: string): Cursor {
    const pointer = `${this.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (Array.isArray(this.value)) return new Cursor((this.value as readonly unknown[])[Number(key)], pointer);
    return new Cursor(isRecord(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined, pointer);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
