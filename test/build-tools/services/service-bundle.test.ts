import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundleServices, synthesisInputs } from '../../../build-tools/services/service-bundle.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(() => {
  mkdirSync('build', { recursive: true });
  // Inside the repository, so that packages are found as they are for real services.
  folder = mkdtempSync(join('build', 'bundle-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function service(name: string, text: string): void {
  mkdirSync(join(folder, 'services', name), { recursive: true });
  writeFileSync(join(folder, 'services', name, 'main.ts'), text);
}

const options = () => ({ source: join(folder, 'services'), target: join(folder, 'out') });

it('makes one file a service that runs, CommonJS packages and native externals included', async () => {
  service(
    'one',
    "import express from 'express'; import pg from 'pg'; import { hash } from '@node-rs/argon2';\n" +
      'process.stdout.write([typeof express, typeof pg.Pool, (await hash("x")).slice(0, 9)].join(" "));',
  );
  service('two', "process.stdout.write('two' as string);");
  mkdirSync(join(folder, 'services', 'runtime'));
  const { names } = await bundleServices(options());
  expect(names).toEqual(['one', 'two']);
  expect((await run(process.execPath, [join(folder, 'out', 'one.mjs')])).stdout).toBe('function function $argon2id');
});

it('makes loggers that do not ask who made them', async () => {
  service('one', "import { pino } from 'pino'; pino().info('heard');");
  await bundleServices(options());
  const bundle = join(folder, 'out', 'one.mjs');
  expect(readFileSync(bundle, 'utf8')).not.toContain('getCallSites');
  expect((await run(process.execPath, ['--enable-source-maps', bundle])).stdout).toContain('"msg":"heard"');
});

it('maps own code to its line, and packages to their file', async () => {
  service(
    'one',
    "import pg from 'pg';\n\nconst thrown: unknown[] = [];\nthrown.push(new Error('own').stack);\n" +
      'try { new pg.Client().query(null as never); } catch (error) { thrown.push((error as Error).stack); }\n' +
      'process.stdout.write(thrown.join());',
  );
  await bundleServices(options());
  const { stdout } = await run(process.execPath, ['--enable-source-maps', join(folder, 'out', 'one.mjs')]);
  expect(stdout).toMatch(/services\/one\/main\.ts:4:/);
  expect(stdout).toMatch(/node_modules\/pg\/lib\/client\.js:/);
});

it('names what must be installed beside each bundle, with its version', async () => {
  service('one', "import { hash } from '@node-rs/argon2'; await hash('x');");
  service('two', 'export {};');
  const { externals } = await bundleServices(options());
  expect(externals).toEqual({ one: { '@node-rs/argon2': expect.stringMatching(/^\d+\.\d+\.\d+$/) }, two: {} });
  expect(JSON.parse(readFileSync(join(folder, 'out', 'externals.json'), 'utf8'))).toEqual(externals);
});

it('tells a bundle that holds cdk8s from one that does not', async () => {
  service('one', "import { App } from 'cdk8s'; new App();");
  service('two', 'export {};');
  const { metafile } = await bundleServices(options());
  const inputs = synthesisInputs(metafile);
  expect(inputs.some((line) => /one\.mjs: .*node_modules\/cdk8s\//.test(line))).toBe(true);
  expect(inputs.filter((line) => line.includes('two.mjs'))).toEqual([]);
});

it('bundles the services of the platform without a line of cdk8s', async () => {
  const { metafile } = await bundleServices({ target: join(folder, 'out') });
  expect(synthesisInputs(metafile)).toEqual([]);
});
