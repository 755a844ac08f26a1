/** What holds for `fix` on any YAML: it says the same but for the order, it is done once, and no comment is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { orderFaults, type RawEnv } from '#env';
import { fixText } from '../../../src/cli/fix/document-fix.ts';

const NAMES = ['A', 'B', 'C', 'DB_USER', 'X1'] as const;

/** A value: its words, then how they are written. */
const words = fc.array(
  fc.oneof(
    fc.constantFrom(...NAMES).map((name) => `$(${name})`),
    fc.constantFrom('x', 'http://h:1/p', 'it is', '$$(A)', "o'clock", '# no comment', 'a: b', '- c', 'ü'),
  ),
  { maxLength: 3 },
);
type Style = 'double' | 'single' | 'block' | 'folded';
const style = fc.constantFrom<Style>('double', 'single', 'block', 'folded');
const comment = fc.constantFrom('', '# above', '# two\n# lines', '\n# after a blank line');
const behind = fc.constantFrom('', ' # behind', '   # far behind');
const entry = fc.record({
  words,
  style,
  comment,
  behind,
  shape: fc.constantFrom<'lines' | 'flow' | 'below' | 'anchored' | 'absent'>(
    'lines',
    'flow',
    'below',
    'anchored',
    'absent',
  ),
  blankAfter: fc.boolean(),
});
const document = fc.record({
  entries: fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), entry), { selector: ([name]) => name, minLength: 1 }),
  indent: fc.constantFrom(4, 6, 7),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  endsWithLineEnd: fc.boolean(),
  tail: fc.constantFrom('', '      # at the end of the list', '      image: x # the image'),
});

function scalar(text: string, how: Style, indent: string): string {
  if (how === 'single') return `'${text.replaceAll("'", "''")}'`;
  if (how === 'double') return JSON.stringify(text);
  return `${how === 'block' ? '|-' : '>'}\n${indent}      ${text === '' ? 'x' : text}`;
}

function write(name: string, it: typeof entry extends fc.Arbitrary<infer T> ? T : never, indent: string): string {
  const text = it.words.join(' ');
  const above = it.comment === '' ? '' : `${it.comment.replace(/^(?=#)/gm, indent)}\n`;
  const after = it.blankAfter ? '\n' : '';
  if (it.shape === 'flow') {
    const value = scalar(text, it.style === 'single' ? 'single' : 'double', indent);
    return `${above}${indent}- {name: ${name}, value: ${value}}${it.behind}\n${after}`;
  }
  if (it.shape === 'absent') return `${above}${indent}- name: ${name}\n${indent}  value:${it.behind}\n${after}`;
  const value = scalar(text, it.style, indent);
  const start =
    it.shape === 'below' ? `-\n${indent}  ` : it.shape === 'anchored' ? `- &a_${name} # anchored\n${indent}  ` : '- ';
  return `${above}${indent}${start}name: ${name}${it.behind}\n${indent}  value: ${value}\n${after}`;
}

const yaml = document.map(({ entries, indent, lineEnd, endsWithLineEnd, tail }) => {
  const pad = ' '.repeat(indent);
  const list = entries.map(([name, it]) => write(name, it, pad)).join('');
  const head =
    'apiVersion: v1 # head\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: m\n      env: # the list\n';
  const indented = indent < 6 ? list.replace(/^ {4}/gm, '      ') : list;
  const text = `${head}${indented}${tail}`.replace(/\n*$/, endsWithLineEnd ? '\n' : '');
  return text.replaceAll('\n', lineEnd);
});

function contentOf(text: string): { spec: { containers: { env: RawEnv[] }[] } }[] {
  return parseAllDocuments(text).map((it) => it.toJS() as { spec: { containers: { env: RawEnv[] }[] } });
}

/** A value that is left out reads as null, which the kubelet takes for none. */
const envOf = (text: string): readonly RawEnv[] =>
  (contentOf(text)[0]?.spec.containers[0]?.env ?? []).map((it) => ({ ...it, value: it.value ?? undefined }));
const lines = (text: string): readonly string[] => text.split(/\r?\n/).sort();
const RUNS = { numRuns: 1000 };

describe('fix, on any YAML with comments, quotes and anchors,', () => {
  it('says the same but for the order of env', () => {
    fc.assert(
      fc.property(yaml, (text) => {
        const after = fixText({ text, linesBefore: 0 }, 'x').text;
        const [before] = contentOf(text);
        const [now] = contentOf(after);
        const sorted = (env: readonly RawEnv[]): readonly RawEnv[] =>
          [...env].sort((a, b) => (a.name < b.name ? -1 : 1));
        expect(sorted(envOf(after))).toEqual(sorted(envOf(text)));
        for (const content of [before, now]) content?.spec.containers.forEach((container) => (container.env = []));
        expect(now).toEqual(before);
      }),
      RUNS,
    );
  });

  it('leaves nothing out of order, or says that it did', () => {
    fc.assert(
      fc.property(yaml, (text) => {
        const { text: after, refused } = fixText({ text, linesBefore: 0 }, 'x');
        if (refused.length === 0) expect(orderFaults(envOf(after))).toEqual([]);
        else expect(after).toBe(text);
      }),
      RUNS,
    );
  });

  it('is done once', () => {
    fc.assert(
      fc.property(yaml, (text) => {
        const once = fixText({ text, linesBefore: 0 }, 'x').text;
        expect(fixText({ text: once, linesBefore: 0 }, 'x').text).toBe(once);
      }),
      RUNS,
    );
  });

  it('loses no line, comments among them', () => {
    fc.assert(
      fc.property(yaml, (text) => {
        expect(lines(fixText({ text, linesBefore: 0 }, 'x').text)).toEqual(lines(text));
      }),
      RUNS,
    );
  });

  it('refuses only circles', () => {
    fc.assert(
      fc.property(yaml, (text) => {
        for (const { reason } of fixText({ text, linesBefore: 0 }, 'x').refused) {
          expect(reason).toMatch(/is a cycle|without a final newline/);
        }
      }),
      RUNS,
    );
  });
});
