/** docs/env.md against the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { expandValue, orderEnv, type RawEnv } from '#env';

const guide = readFileSync('docs/env.md', 'utf8');
const rows = (heading: string) =>
  (guide.split(heading)[1] ?? '')
    .split('\n\n')
    .find((block) => block.startsWith('|') || block.includes('\n|'))
    ?.split('\n')
    .slice(2)
    .filter((line) => line.startsWith('| `')) ?? [];

test('the table of errors lists each rule once, and no other', () => {
  const sources = readdirSync('src/env').map((file) => readFileSync(`src/env/${file}`, 'utf8'));
  const rules = sources.flatMap((text) => [...text.matchAll(/rule: '([a-z-]+)'/g)].map(([, rule]) => rule));
  const listed = rows('## Errors').map((line) => /`([a-z-]+)`/.exec(line)?.[1]);
  expect(listed.toSorted()).toEqual(rules.toSorted());
});

test('each row of the table of values expands as it says', () => {
  const values: Readonly<Record<string, string>> = { A: 'a', B: '$(A)' };
  const lines = rows('With `A` being');
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) {
    const [, written = '', becomes] = /^\| `(.*?)` +\| `(.*?)` +\|$/.exec(line) ?? [];
    expect(expandValue(written, (name) => values[name])).toBe(becomes);
  }
});

test('the list of the guide is ordered as the guide shows', () => {
  const [written, rendered] = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(
    ([, text = '']) => parse(text) as RawEnv[],
  );
  expect(orderEnv(written ?? [])).toEqual(rendered);
});
