import type { Difference } from './difference.ts';
import type { FieldChange } from './field-changes.ts';

/** Longest value that is shown whole. */
const LONGEST = 80;

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A difference for a terminal. */
export function textReport(difference: Difference): string {
  return written(difference, (title) => title, '  ');
}

/** A difference for a pull request. */
export function markdownReport(difference: Difference): string {
  return written(difference, (title) => `### ${title}\n`, '- ');
}

function written(difference: Difference, heading: (title: string) => string, bullet: string): string {
  const sections = sectionsOf(difference).filter(({ lines }) => lines.length > 0);
  if (sections.length === 0) return 'no difference\n';
  return sections
    .map(({ title, lines }) => `${heading(title)}\n${lines.map((line) => `${bullet}${line}\n`).join('')}`)
    .join('\n');
}

function sectionsOf({ removed, added, changed, loses, rights }: Difference): readonly Section[] {
  const others = changed.filter(({ restarts, refused }) => restarts.length + refused.length === 0);
  return [
    {
      title: 'The server will refuse',
      lines: changed.flatMap(({ object, refused }) => refused.map((it) => `${object}: ${changeText(it)}`)),
    },
    { title: 'Data at stake', lines: loses },
    { title: 'Rights gained', lines: rights },
    { title: 'To delete, since an apply does not', lines: removed },
    {
      title: 'Pods made anew',
      lines: changed.flatMap(({ object, restarts }) => restarts.map((it) => `${object}: ${changeText(it)}`)),
    },
    { title: 'New', lines: added },
    {
      title: 'Changed in place',
      lines: others.flatMap(({ object, fields }) => fields.map((it) => `${object}: ${changeText(it)}`)),
    },
  ];
}

function changeText({ field, before, after }: FieldChange): string {
  if (before === undefined) return `${field} is new: ${valueText(after)}`;
  if (after === undefined) return `${field} is gone, it was ${valueText(before)}`;
  return `${field} from ${valueText(before)} to ${valueText(after)}`;
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replaceAll('\n', '⏎').replaceAll('`', "'");
  return `\`${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}\``;
}
