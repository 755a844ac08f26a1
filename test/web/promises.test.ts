/** docs/web.md names for each promise the check that holds it. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const PAGE = readFileSync('docs/web.md', 'utf8');

/** Checks that the page names: a file below `test/`, and words of the name of a test in it. */
function namedChecks(): readonly { readonly file: string; readonly words: string }[] {
  return [...PAGE.matchAll(/`((?:e2e|web)\/[\w/-]+)`: (“[^”]+”(?:, “[^”]+”)*)/g)].flatMap(([, path = '', names = '']) =>
    [...names.matchAll(/“([^”]+)”/g)].map(([, words = '']) => ({ file: `test/${path}.test.ts`, words })),
  );
}

test('each check that docs/web.md names is a test of that name', () => {
  const checks = namedChecks();
  const missing = checks.filter(({ file, words }) => !existsSync(file) || !readFileSync(file, 'utf8').includes(words));
  expect(missing).toEqual([]);
  expect(checks.length).toBeGreaterThan(60);
});

test('each promise in docs/web.md has a check or a picture', () => {
  const promises = PAGE.split('\n').filter((line) => line.startsWith('| ') && !/^\| (promise|---|-)/.test(line));
  expect(promises.filter((line) => !/`(e2e|web)\/|picture/.test(line))).toEqual([]);
});
