import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = 'web/src';
/** From the bottom to the top: a folder imports itself and what is named before its line. */
const LAYERS: readonly (readonly string[])[] = [
  ['api', 'format'],
  ['stores'],
  ['composables'],
  ['components'],
  ['processing', 'video-details'],
  ['history', 'home', 'jobs', 'my-videos', 'notifications', 'playback', 'settings', 'studio', 'uploads', 'watch'],
  ['views'],
  ['routes'],
  ['frame'],
];
const LEVELS = new Map(LAYERS.flatMap((folders, level) => folders.map((folder) => [folder, level] as const)));

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8');
  const folderOf = (path: string): string => relative(SOURCE, path).split('/')[0] ?? '';
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target = '']) => ({
    from: folderOf(file),
    to: folderOf(normalize(join(dirname(file), target))),
  }));
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|vue)$/.test(file))
  .map((file) => join(SOURCE, file));

test('each folder has its layer', () => {
  const folders = new Set(
    files
      .map((file) => relative(SOURCE, file).split('/'))
      .filter((parts) => parts.length > 1)
      .map(([folder]) => folder ?? ''),
  );
  expect([...folders].filter((folder) => !LEVELS.has(folder))).toEqual([]);
});

test('a folder imports only itself and lower layers', () => {
  const backwards = files.flatMap(importsOf).filter(({ from, to }) => {
    const [above, below] = [LEVELS.get(from), LEVELS.get(to)];
    return from !== to && above !== undefined && below !== undefined && below >= above;
  });
  expect(backwards.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});
