/**
 * Reads the configuration language of nats-server, as far as permissions need it: maps, lists, texts and comments.
 * https://docs.nats.io/running-a-nats-service/configuration
 */

/** A value of a configuration; numbers and the like are texts. */
export type NatsValue = string | readonly NatsValue[] | NatsMap;
/** A map of a configuration. */
export type NatsMap = Readonly<{ [key: string]: NatsValue }>;

/** What a text says; undefined when it is no configuration of nats-server. `files` are those that it may include, by name. */
export function parseNatsConfig(text: string, files: Readonly<Record<string, string>> = {}): NatsMap | undefined {
  return readAll(text, files).map;
}

/** Where a text stops being a configuration: an offset; undefined when all of it is one. */
export function natsConfigFault(text: string): number | undefined {
  const { map, at } = readAll(text, {});
  return map === undefined ? at : undefined;
}

function readAll(
  text: string,
  files: Readonly<Record<string, string>>,
): { readonly map: NatsMap | undefined; readonly at: number } {
  const reader: Reader = { text, at: 0, depth: 0, files };
  const map = readMap(reader);
  return { map: reader.at < text.length ? undefined : map, at: reader.at };
}

const BLANK = /(?:[\s,;]|(?:#|\/\/)[^\n]*)*/y;
const QUOTED = /"((?:[^"\\]|\\[^])*)"|'([^']*)'/y;
const KEY = /[^\s:={}[\],;"']+/y;
const ASSIGNMENT = /[ \t]*[:=]?/y;
const BARE = /[^\s,;\]}]+/y;
/** Deeper than any that a person writes. */
const DEEPEST = 64;

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
  readonly files: Readonly<Record<string, string>>;
}

/** Up to its closing bracket, which is left, or to the end. */
function readMap(reader: Reader): NatsMap | undefined {
  const entries: (readonly [string, NatsValue])[] = [];
  for (;;) {
    take(reader, BLANK);
    if (reader.at >= reader.text.length || reader.text[reader.at] === '}') return Object.fromEntries(entries);
    const key = quoted(reader) ?? take(reader, KEY)?.[0];
    if (key === undefined) return undefined;
    if (key === 'include') {
      const included = includedBy(reader);
      if (included === undefined) return undefined;
      entries.push(...Object.entries(included));
      continue;
    }
    take(reader, ASSIGNMENT);
    const value = readValue(reader);
    if (value === undefined) return undefined;
    entries.push([key.toLowerCase(), value]);
  }
}

/** What another file holds; nothing when it is not at hand. */
function includedBy(reader: Reader): NatsMap | undefined {
  take(reader, BLANK);
  const path = quoted(reader) ?? take(reader, BARE)?.[0];
  if (path === undefined) return undefined;
  const text = reader.files[path.split('/').at(-1) ?? ''];
  // a file that includes itself is left out too
  return text === undefined || text === reader.text
    ? {}
    : (parseNatsConfig(text, { ...reader.files, [path]: '' }) ?? {});
}

function readList(reader: Reader): readonly NatsValue[] | undefined {
  const list: NatsValue[] = [];
  for (;;) {
    take(reader, BLANK);
    if (reader.text[reader.at] === ']') return list;
    const value = readValue(reader);
    if (value === undefined) return undefined;
    list.push(value);
  }
}

function readValue(reader: Reader): NatsValue | undefined {
  take(reader, BLANK);
  const open = reader.text[reader.at];
  if (open !== '{' && open !== '[') return quoted(reader) ?? take(reader, BARE)?.[0];
  if (reader.depth === DEEPEST) return undefined;
  reader.at += 1;
  reader.depth += 1;
  const value = open === '{' ? readMap(reader) : readList(reader);
  reader.depth -= 1;
  if (reader.text[reader.at] !== (open === '{' ? '}' : ']')) return undefined;
  reader.at += 1;
  return value;
}

function quoted(reader: Reader): string | undefined {
  const found = take(reader, QUOTED);
  return found === undefined ? undefined : (found[1]?.replace(/\\([^])/g, '$1') ?? found[2]);
}

/** What a pattern finds at the place that is read; the place moves behind it. */
function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found === null) return undefined;
  reader.at += found[0].length;
  return found;
}
