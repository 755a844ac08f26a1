import type { Difference } from './difference.ts';
import type { FieldChange } from './field-changes.ts';
import { wayOut } from './ways-out.ts';

/** Longest value that is shown whole. */
const LONGEST = 80;

/** Lines below a title; nothing is written of one without lines. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A difference for a terminal. */
export function textReport(difference: Difference): string {
  return sectionsText(sectionsOf(difference), (title) => title, '  ');
}

/** A difference for a pull request. */
export function markdownReport(difference: Difference): string {
  return sectionsText(sectionsOf(difference), (title) => `### ${title}\n`, '- ');
}

/** Sections one below the other. */
export function sectionsText(sections: readonly Section[], heading: (title: string) => string, bullet: string): string {
  const filled = sections.filter(({ lines }) => lines.length > 0);
  if (filled.length === 0) return 'no difference\n';
  return filled
    .map(({ title, lines }) => `${heading(title)}\n${lines.map((line) => `${bullet}${line}\n`).join('')}`)
    .join('\n');
}

function sectionsOf({ removed, added, changed, loses, rights, caveats }: Difference): readonly Section[] {
  const recreated = changed.filter((it) => it.recreated !== undefined);
  const others = changed.filter(
    ({ restarts, refused, ...it }) => restarts.length + refused.length === 0 && it.recreated === undefined,
  );
  return [
    {
      title: 'Refused by the API server',
      lines: changed.flatMap(({ object, refused }) =>
        refused.map((it) => `${object}: ${changeText(it)}${wayOut(object, it)}`),
      ),
    },
    { title: 'Data at stake', lines: loses },
    { title: 'Rights added', lines: rights },
    { title: 'To delete by hand (apply does not delete)', lines: removed },
    { title: 'Effects that differ from what the manifest says', lines: caveats },
    {
      title: 'Pods replaced',
      lines: changed.flatMap(({ object, restarts }) => restarts.map((it) => `${object}: ${changeText(it)}`)),
    },
    { title: 'New', lines: added },
    {
      title: 'Recreated by its tool',
      lines: recreated.flatMap(({ object, fields, recreated: reason = '' }) => [
        `${object}: ${reason}`,
        ...fields.map((it) => `${object}: ${changeText(it)}`),
      ]),
    },
    {
      title: 'Changed in place',
      lines: others.flatMap(({ object, fields }) => fields.map((it) => `${object}: ${changeText(it)}`)),
    },
  ];
}

function changeText({ field, before, after, summary }: FieldChange): string {
  if (summary !== undefined) return `${field}: ${summary}`;
  if (before === undefined) return `${field} is new: ${quoted(lineOf(after))}`;
  if (after === undefined) return `${field} was removed, it was ${quoted(lineOf(before))}`;
  const [old, now] = [lineOf(before), lineOf(after)];
  const from = firstShown(old, now);
  return `${field} from ${quoted(old, from)} to ${quoted(now, from)}`;
}

/** A value in one line; what is concealed writes itself so. */
function lineOf(value: unknown): string {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  const text = typeof plain === 'string' ? plain : JSON.stringify(plain);
  return text.replaceAll('\n', '⏎').replaceAll('`', "'");
}

/** Where two long texts are shown from, so that what differs is in sight. */
function firstShown(old: string, now: string): number {
  if (old === now || old.slice(0, LONGEST) !== now.slice(0, LONGEST)) return 0;
  let same = 0;
  while (same < old.length && old[same] === now[same]) same += 1;
  return Math.max(0, same - LONGEST / 4);
}

function quoted(line: string, from = 0): string {
  const rest = line.slice(from);
  const shown = rest.length > LONGEST ? `${rest.slice(0, LONGEST)}…` : rest;
  return `\`${from > 0 ? '…' : ''}${shown}\``;
}
