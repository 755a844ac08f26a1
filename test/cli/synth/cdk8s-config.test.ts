import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cdk8sConfig } from '../../../src/cli/synth/cdk8s-config.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-config-'));
  for (const file of ['main.ts', 'src/app.mts', 'plain.js', 'both.js', 'both.ts']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('app: of cdk8s.yaml', () => {
  it.each([
    ['npx ts-node main.ts', 'main.ts', []],
    ['node --import tsx main.ts', 'main.ts', []],
    ['npx tsx src/app.mts --stage prod', 'src/app.mts', ['--stage', 'prod']],
    // compiled beside its source, which may be newer
    ['node main.js', 'main.ts', []],
    ['node both.js', 'both.ts', []],
    ['node plain.js', 'plain.js', []],
    ['npx ts-node main.ts --config plain.js', 'main.ts', ['--config', 'plain.js']],
    ['node -r ts-node/register --import=tsx main.ts', 'main.ts', []],
  ])('%s runs %s', (app, entry, appArguments) => {
    expect(cdk8sConfig(`app: ${app}\n`, folder)).toMatchObject({ entry, appArguments });
  });

  it.each([
    ['python main.py', 'names no script that exists'],
    ['node missing.js', 'names no script that exists'],
    ['npm run compile && node main.js', 'needs a shell'],
    ['STAGE=$STAGE node main.js', 'needs a shell'],
    ['STAGE=prod node main.js', 'needs a shell'],
    ['node -r ./plain.js main.js', 'loads ./plain.js before the app'],
    ['node --import=dotenv/config main.js', 'loads dotenv/config before the app'],
  ])('%s is refused, with the way out', (app, why) => {
    expect(() => cdk8sConfig(`app: ${app}\n`, folder)).toThrow(why);
    expect(() => cdk8sConfig(`app: ${app}\n`, folder)).toThrow(
      'pass the file of the app, such as cdk8s-nats synth main.ts',
    );
  });

  it('is not read when an entry was given', () => {
    expect(cdk8sConfig('app: make synth && true\noutput: out\n', folder, 'main.ts').output).toBe('out');
  });
});

it('has the defaults of cdk8s where there is no file', () => {
  expect(cdk8sConfig(undefined, folder)).toEqual({
    entry: undefined,
    appArguments: [],
    output: 'dist',
    recordsMetadata: false,
  });
});

it('asks for metadata when there are validations, as cdk8s synth does', () => {
  expect(cdk8sConfig('validations:\n  - package: x\n', folder).recordsMetadata).toBe(true);
});

it('leaves the format helm of cdk8s to cdk8s', () => {
  expect(() => cdk8sConfig('synthConfig:\n  format: helm\n', folder)).toThrow('use cdk8s synth instead');
});
