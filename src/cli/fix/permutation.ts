/** Puts the items of a list in another order within its text: each keeps every byte, with the comments above it. */
import { isMap } from 'yaml';
import type { ParsedNode, YAMLSeq } from 'yaml';

/** A piece of a text that is replaced. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The edits that put the items of a list in an order; undefined when the text cannot be cut between them. */
export function permutationEdits(
  source: string,
  list: YAMLSeq.Parsed,
  order: readonly number[],
): readonly Edit[] | undefined {
  return list.flow === true ? flowEdits(source, list, order) : blockEdits(source, list, order);
}

/** Items between brackets change places; commas, spaces and lines between them stay. */
function flowEdits(source: string, list: YAMLSeq.Parsed, order: readonly number[]): readonly Edit[] | undefined {
  const spans = list.items.map((item) => ({ from: startOf(source, item), to: item.range[1] }));
  // a comment between the items would stand beside another item afterwards
  const between = spans.map(({ to }, index) => source.slice(to, spans[index + 1]?.from ?? list.range[1]));
  if (between.some((text) => text.includes('#')) || source.slice(list.range[0], spans[0]?.from).includes('#'))
    return undefined;
  return order.flatMap((from, to) => {
    const [target, origin] = [spans[to], spans[from]];
    if (target === undefined || origin === undefined || from === to) return [];
    return [{ ...target, text: source.slice(origin.from, origin.to) }];
  });
}

/** Where an item starts, its anchor and tag included. */
function startOf(source: string, item: ParsedNode): number {
  let from = item.range[0];
  for (;;) {
    const [property] =
      /(?:^|[\s,[])([&!][^\s,[\]{}]*\s+)$/.exec(source.slice(Math.max(0, from - 200), from))?.slice(1) ?? [];
    if (property === undefined) return from;
    from -= property.length;
  }
}

/** Whole lines change places: an item from the comments above its dash to the end of its last line. */
function blockEdits(source: string, list: YAMLSeq.Parsed, order: readonly number[]): readonly Edit[] | undefined {
  const dashes = list.items.map((item) => dashLine(source, item, list.range[0]));
  const ends = list.items.map((item) => contentEnd(source, item));
  const segments: { from: number; to: number }[] = [];
  for (const [index, dash] of dashes.entries()) {
    const end = ends[index];
    if (dash === undefined || end === undefined) return undefined;
    const before = index === 0 ? headOf(source, dash) : segments[index - 1]?.to;
    const from = index === 0 ? (before ?? dash) : afterLineBreak(source, before ?? 0);
    if (from > dash) return undefined;
    segments.push({ from, to: end });
  }
  const [first, last] = [segments[0], segments.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const text = order
    .map((from, to) => {
      const [origin, target, next] = [segments[from], segments[to], segments[to + 1]];
      if (origin === undefined || target === undefined) return '';
      return source.slice(origin.from, origin.to) + (next === undefined ? '' : source.slice(target.to, next.from));
    })
    .join('');
  return [{ from: first.from, to: last.to, text }];
}

/** Start of the line with the dash of an item. */
function dashLine(source: string, item: ParsedNode, listStart: number): number | undefined {
  let line = source.lastIndexOf('\n', Math.max(item.range[0] - 1, 0)) + 1;
  // the value may stand below its dash
  while (line > listStart && !/^[ ]*-(?=\s)/.test(source.slice(line, item.range[0] + 1))) {
    line = source.lastIndexOf('\n', line - 2) + 1;
  }
  const before = source.slice(line, source.indexOf('-', line));
  return before.trim() === '' ? line : undefined;
}

/** End of the last line of an item, without its line break; a comment behind the value belongs to it. */
function contentEnd(source: string, item: ParsedNode): number {
  const end = lastByteOf(source, item);
  const inLine = source[end - 1] === '\n' ? end - 1 : source.indexOf('\n', end);
  const stop = inLine === -1 ? source.length : inLine;
  return source[stop - 1] === '\r' ? stop - 1 : stop;
}

/** Behind the last of an item that is written. A value that is not there is said to end only before what comes next. */
function lastByteOf(source: string, node: ParsedNode): number {
  if (!isMap<ParsedNode, ParsedNode | null>(node) || node.flow === true) return node.range[1];
  const last = node.items.at(-1);
  if (last === undefined) return node.range[1];
  const { key, value } = last;
  const absent = value === null || (value.range[0] === value.range[1] && value.anchor === undefined && !value.tag);
  return absent ? source.indexOf(':', key.range[1]) + 1 : lastByteOf(source, value);
}

/** Comments between the key and the first item belong to that item. */
function headOf(source: string, dash: number): number {
  let from = dash;
  while (from > 1) {
    const line = source.lastIndexOf('\n', from - 2) + 1;
    if (!/^\s*#/.test(source.slice(line, from))) break;
    from = line;
  }
  return from;
}

function afterLineBreak(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end === -1 ? source.length : end + 1;
}
