/**
 * Reads the configuration language of nats-server, as far as permissions need it: maps, lists, texts and comments.
 * https://docs.nats.io/running-a-nats-service/configuration
 */

/** A value of a configuration; numbers and the like are texts. */
export type NatsValue = string | readonly NatsValue[] | NatsMap;
/** A map of a configuration. */
export type NatsMap = Readonly<{ [key: string]: NatsValue }>;

/** What a text says; undefined when it is no configuration of nats-server, or includes what is not here. */
export function parseNatsConfig(text: string): NatsMap | undefined {
  const reader: Reader = { text, at: 0, depth: 0 };
  const map = readMap(reader);
  return map === undefined || reader.at < text.length ? undefined : map;
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
}

/** Up to its closing bracket, which is left, or to the end. */
function readMap(reader: Reader): NatsMap | undefined {
  const entries: (readonly [string, NatsValue])[] = [];
  for (;;) {
    take(reader, BLANK);
    if (reader.at >= reader.text.length || reader.text[reader.at] === '}') return Object.fromEntries(entries);
    const key = quoted(reader) ?? take(reader, KEY)?.[0];
    if (key === undefined) return undefined;
    take(reader, ASSIGNMENT);
    const value = readValue(reader);
    if (value === undefined) return undefined;
    entries.push([key.toLowerCase(), value]);
  }
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
