/** The bundle that `npm run synth` runs against the sources that `cdk8s synth` runs, whose output is dist. */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deferredSchemas, synthesisBundle } from '../../deploy/synth/bundle.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-bundle-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('gives the same files, without a schema of zod being made', async () => {
  await build({ ...synthesisBundle(), outdir: folder });
  // what would make one is not there
  rmSync(join(folder, 'zod.cjs'));
  const { status, stderr } = run('main.cjs');
  expect([status, stderr]).toEqual([0, '']);
  expect(textsBelow(join(folder, 'dist'))).toEqual(textsBelow('dist'));
});

it('carries out a schema when something is checked', async () => {
  const entry = join(folder, 'entry.js');
  writeFileSync(
    entry,
    `import * as z from 'zod';
     const name = z.string().min(2);
     const person = z.object({ name, age: z.int().optional() }).strict();
     const valid = person['~standard'].validate({ name: 'Ada', age: 3 });
     const { success, error } = person.safeParse({ name: 'A', more: 1 });
     console.log(JSON.stringify([valid, success, error.issues.map(({ code }) => code)]));`,
  );
  const common = {
    bundle: true,
    format: 'cjs',
    platform: 'node',
    outExtension: { '.js': '.cjs' },
    outdir: folder,
  } as const;
  await build({ ...common, entryPoints: { entry, zod: 'zod' }, plugins: [deferredSchemas] });
  const { stdout, stderr } = run('entry.cjs');
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([{ value: { name: 'Ada', age: 3 } }, false, ['too_small', 'unrecognized_keys']]);
});

function run(file: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(folder, file)], { cwd: folder, encoding: 'utf8' });
}

function textsBelow(top: string): Readonly<Record<string, string>> {
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(top, name), 'utf8')]));
}
