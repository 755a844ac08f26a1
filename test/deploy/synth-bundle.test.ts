/** The bundle that `npm run synth` runs against the sources that `cdk8s synth` runs, whose output is dist. */
import { build, type BuildOptions } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appBundle, deferredSchemas, synthesisBundle } from '../../deploy/synth/bundle.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-bundle-'));
});

beforeEach(() => {
  rmSync(join(folder, 'synth'), { recursive: true, force: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('gives the same files, without a schema of zod being made', async () => {
  await bundle(synthesisBundle());
  // what would make one is not there
  rmSync(join(folder, 'synth', 'zod.cjs'));
  const { status, stderr } = run('synth.js');
  expect([status, stderr]).toEqual([0, '']);
  expect(textsBelow(join(folder, 'dist'))).toEqual(textsBelow('dist'));
});

describe('compiled code', () => {
  it('is kept after a whole run, and read by the next', async () => {
    await bundle(appOf('console.log("one")'));
    expect(run('synth.js').stdout).toBe('one\n');
    const [kept = ''] = keptFiles();
    // what is not read would be written anew
    const before = statSync(kept).mtimeMs;
    expect(run('synth.js').stdout).toBe('one\n');
    expect([keptFiles(), statSync(kept).mtimeMs]).toEqual([[kept], before]);
  });

  it('is never that of another bundle of the same length', async () => {
    await bundle(appOf('console.log("one")'));
    run('synth.js');
    await bundle(appOf('console.log("two")'));
    expect(keptFiles()).toEqual([]);
    expect(run('synth.js').stdout).toBe('two\n');
  });

  it.each([
    ['a torn file', (text: Buffer) => text.subarray(0, text.length / 2)],
    ['another program', () => Buffer.from('none')],
  ])('is made anew from %s', async (_, broken) => {
    await bundle(appOf('console.log("one")'));
    run('synth.js');
    const [kept = ''] = keptFiles();
    const whole = readFileSync(kept);
    writeFileSync(kept, broken(whole));
    const { status, stdout, stderr } = run('synth.js');
    expect([status, stdout, stderr]).toEqual([0, 'one\n', '']);
    expect(readFileSync(kept).length).toBe(whole.length);
  });

  it('is not kept of a run that failed', async () => {
    await bundle(appOf('process.exitCode = 3'));
    expect([run('synth.js').status, keptFiles()]).toEqual([3, []]);
  });

  it('costs nothing but time where it cannot be kept', async () => {
    await bundle(appOf('console.log("one")'));
    // a file where the folder should be
    writeFileSync(join(folder, 'synth', 'compiled'), '');
    const { status, stdout, stderr } = run('synth.js');
    expect([status, stdout, stderr]).toEqual([0, 'one\n', '']);
  });
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

/** An app of one line. */
function appOf(line: string): BuildOptions {
  const entry = join(folder, 'app.js');
  writeFileSync(entry, line);
  return appBundle(entry, join(folder, 'synth'));
}

async function bundle(options: BuildOptions): Promise<void> {
  await build({ ...options, outdir: join(folder, 'synth') });
}

function keptFiles(): readonly string[] {
  const compiled = join(folder, 'synth', 'compiled');
  return existsSync(compiled) ? readdirSync(compiled).map((name) => join(compiled, name)) : [];
}

function run(file: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(folder, file)], { cwd: folder, encoding: 'utf8' });
}

function textsBelow(top: string): Readonly<Record<string, string>> {
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(top, name), 'utf8')]));
}
