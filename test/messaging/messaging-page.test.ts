import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const SOURCES = new URL('../../src/messaging/', import.meta.url);
const PAGE = readFileSync(new URL('../../docs/messaging.md', import.meta.url), 'utf8');

test('docs/messaging.md lists just the rules that are checked', () => {
  const code = readdirSync(SOURCES).filter((name) => name.endsWith('-faults.ts'));
  const text = code.map((name) => readFileSync(new URL(name, SOURCES), 'utf8')).join('\n');
  const checked = [...text.matchAll(/(?:rule: |fault\(\s*)'([a-z]+(?:-[a-z]+)*)'/g)].map(([, rule]) => rule);
  const section = PAGE.split('## Checks')[1]?.split('\n## ')[0] ?? '';
  const listed = [...section.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, rule]) => rule);
  expect(listed.sort()).toEqual([...new Set(checked)].sort());
});

test('src/messaging imports neither a NATS client nor cdk8s nor anything of Node', () => {
  const code = readdirSync(SOURCES).map((name) => readFileSync(new URL(name, SOURCES), 'utf8'));
  const imported = code.flatMap((text) => [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name));
  expect([...new Set(imported)].sort()).toEqual([
    '#env',
    '#given-variables',
    '#nearest-name',
    '#prop-shapes',
    '@standard-schema/spec',
  ]);
});
