import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commitRange } from '../../../deploy/affected/commit-range.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'commit-range-'));
  git(folder, 'init', '--quiet', '--initial-branch=main');
  commit('first.txt');
  commit('second name.txt');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(cwd: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

function commit(file: string): string {
  writeFileSync(join(folder, file), file);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', file);
  return git(folder, 'rev-parse', 'HEAD');
}

it('lists the files between two commits, names with spaces and both sides of a move included', () => {
  const base = git(folder, 'rev-parse', 'HEAD~1');
  git(folder, 'mv', 'first.txt', 'moved.txt');
  const head = commit('third.txt');
  expect(commitRange(base, 'HEAD', folder)).toEqual({
    base,
    head,
    changed: ['first.txt', 'moved.txt', 'second name.txt', 'third.txt'],
  });
});

it('lists nothing between a commit and itself', () => {
  expect(commitRange('HEAD', 'HEAD', folder)).toMatchObject({ changed: [] });
});

it.each(['', '0000000000000000000000000000000000000000'])('knows that %j is no green commit yet', (since) => {
  expect(commitRange(since, 'HEAD', folder)).toMatchObject({
    base: undefined,
    unknown: 'no green commit is known yet',
  });
});

it('says that a commit is gone after a force push', () => {
  const gone = 'deadbeefdeadbeefdeadbeefdeadbeefdeadbeef';
  expect(commitRange(gone, 'HEAD', folder)).toMatchObject({
    base: undefined,
    unknown: `commit ${gone} is not in this clone (it was replaced by a force push)`,
  });
});

it('says that a shallow clone does not reach back', () => {
  const first = git(folder, 'rev-parse', 'HEAD~1');
  const shallow = join(folder, 'shallow');
  git(folder, 'clone', '--quiet', '--depth=1', `file://${folder}`, shallow);
  expect(commitRange(first, 'HEAD', shallow)).toMatchObject({
    base: undefined,
    unknown: `commit ${first} is not in this clone (the clone is shallow)`,
  });
});

it('takes no option of git for a commit', () => {
  expect(commitRange('--output=stolen', 'HEAD', folder)).toMatchObject({ base: undefined });
});

it('refuses an end that is no commit', () => {
  expect(() => commitRange('HEAD', 'no-such-branch', folder)).toThrow(
    '--head is no-such-branch, which is not a commit of this clone',
  );
});
