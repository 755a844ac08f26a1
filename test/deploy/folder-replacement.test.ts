import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replaceFolder } from '../../deploy/synth/folder-replacement.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-folder-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function rendered(files: Readonly<Record<string, string>>, outdir = folder) {
  return { outdir, folders: [], files: new Map(Object.entries(files)) };
}

it('deletes files that are no longer rendered, and the folders that they leave empty', () => {
  mkdirSync(join(folder, 'bootstrap', 'old'), { recursive: true });
  writeFileSync(join(folder, 'bootstrap', 'old', 'gone.yaml'), 'gone');
  writeFileSync(join(folder, 'notes.txt'), 'written by hand');
  expect(replaceFolder(folder, [rendered({ 'a.yaml': 'a' })])).toEqual({ files: 1, written: 1, removed: 2 });
  expect(readdirSync(folder, { recursive: true })).toEqual(['a.yaml']);
});

it('leaves a file alone that is right already', () => {
  replaceFolder(folder, [rendered({ 'a.yaml': 'a', 'b.yaml': 'b' })]);
  const before = statSync(join(folder, 'a.yaml')).ino;
  expect(replaceFolder(folder, [rendered({ 'a.yaml': 'a', 'b.yaml': 'new' })])).toEqual({
    files: 2,
    written: 1,
    removed: 0,
  });
  expect(statSync(join(folder, 'a.yaml')).ino).toBe(before);
  expect(readFileSync(join(folder, 'b.yaml'), 'utf8')).toBe('new');
});

it('takes apps that lie within the folder as part of it', () => {
  const inner = join(folder, 'bootstrap');
  replaceFolder(folder, [rendered({ 'a.yaml': 'a' }), rendered({ 'b.yaml': 'b' }, inner)]);
  expect(readFileSync(join(inner, 'b.yaml'), 'utf8')).toBe('b');
});

it('refuses an app outside the folder, and writes nothing', () => {
  const outside = rendered({ 'a.yaml': 'a' }, `${folder}-elsewhere`);
  expect(() => replaceFolder(folder, [rendered({ 'b.yaml': 'b' }), outside])).toThrow(/lies outside/);
  expect(existsSync(join(folder, 'b.yaml'))).toBe(false);
});
