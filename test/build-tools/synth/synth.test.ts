import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** A copy of what `npm run synth` works with, so that its sources can be changed. */
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'npm-run-synth-'));
  for (const path of ['package.json', 'package-lock.json', 'tsconfig.json', 'cdk8s.yaml', 'build-tools', 'src']) {
    cpSync(path, join(copy, path), { recursive: true });
  }
  // packages by links, the cache among them of its own
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync('node_modules').filter((it) => it !== '.cache')) {
    symlinkSync(resolve('node_modules', name), join(copy, 'node_modules', name));
  }
});

afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

/** Runs the command as far as its help; returns when the bundle that it ran was written. */
async function bundleAfterRun(): Promise<number> {
  await promisify(execFile)(process.execPath, ['build-tools/synth/synth.js', '--check', '--help'], { cwd: copy });
  return statSync(join(copy, 'node_modules/.cache/cdk8s-nats/npm-run-synth/cdk8s-nats.mjs')).mtimeMs;
}

it('bundles the command line again if, and only if, one of its files changed', async () => {
  const first = await bundleAfterRun();
  expect(await bundleAfterRun()).toBe(first);
  appendFileSync(join(copy, 'src/cli/synth/command.ts'), '\n// changed\n');
  const second = await bundleAfterRun();
  expect(second).toBeGreaterThan(first);
  expect(await bundleAfterRun()).toBe(second);
});

it('bundles it again after a change of what all files depend on', async () => {
  const before = await bundleAfterRun();
  appendFileSync(join(copy, 'tsconfig.json'), '\n');
  expect(await bundleAfterRun()).toBeGreaterThan(before);
});
