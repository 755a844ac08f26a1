import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replaceFolder, type Replacement } from '../../../src/cli/synth/folder-replacement.ts';

let top: string;
let folder: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cdk8s-nats-folder-'));
  folder = join(top, 'dist');
});
afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

/** Replaces the folder by these files. */
function replaceBy(files: Readonly<Record<string, string>>): Replacement {
  const source = mkdtempSync(join(top, 'source-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(source, name)), { recursive: true });
    writeFileSync(join(source, name), text);
  }
  return replaceFolder(folder, source);
}

it('deletes files that are no longer synthesized, and the folders that they leave empty', () => {
  mkdirSync(join(folder, 'bootstrap', 'old'), { recursive: true });
  writeFileSync(join(folder, 'bootstrap', 'old', 'gone.yaml'), 'gone');
  writeFileSync(join(folder, 'notes.txt'), 'written by hand');
  expect(replaceBy({ 'a.yaml': 'a' })).toEqual({ files: 1, written: 1, removed: 2 });
  expect(readdirSync(folder, { recursive: true })).toEqual(['a.yaml']);
});

it('does not touch a file that is unchanged', () => {
  replaceBy({ 'a.yaml': 'a', 'b.yaml': 'b' });
  const before = statSync(join(folder, 'a.yaml')).ino;
  expect(replaceBy({ 'a.yaml': 'a', 'b.yaml': 'new' })).toEqual({ files: 2, written: 1, removed: 0 });
  expect(statSync(join(folder, 'a.yaml')).ino).toBe(before);
  expect(readFileSync(join(folder, 'b.yaml'), 'utf8')).toBe('new');
});

it('takes folders below over', () => {
  replaceBy({ 'a.yaml': 'a', 'bootstrap/b.yaml': 'b' });
  expect(readFileSync(join(folder, 'bootstrap', 'b.yaml'), 'utf8')).toBe('b');
});
