/** What `cdk8s-nats synth` writes, against what `cdk8s synth` writes of the same app. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SynthBench, textsBelow } from './synth-app.ts';

let bench: SynthBench;

beforeAll(async () => {
  bench = await SynthBench.make();
});
afterAll(() => bench.remove());

/** As `cdk8s init typescript-app` lays it out, without this library. */
const INITIAL_APP = {
  'package.json': '{ "name": "hello", "version": "1.0.0", "main": "main.js", "private": true }',
  'cdk8s.yaml': 'language: typescript\napp: node --import tsx main.ts\n',
  'tsconfig.json': '{ "compilerOptions": { "module": "CommonJS", "target": "ES2017", "strict": true } }',
  'lib/web.ts': `
    import { Construct } from 'constructs';
    import { ApiObject } from 'cdk8s';
    export class Web extends Construct {
      constructor(scope: Construct, id: string) {
        super(scope, id);
        new ApiObject(this, 'config', { apiVersion: 'v1', kind: 'ConfigMap', data: { on: 'yes', text: 'a\\nb\\n' } });
      }
    }`,
  'main.ts': `
    import { Construct } from 'constructs';
    import { App, Chart, ChartProps, Lazy, ApiObject } from 'cdk8s';
    import { Web } from './lib/web';
    export class MyChart extends Chart {
      constructor(scope: Construct, id: string, props: ChartProps = {}) {
        super(scope, id, props);
        new Web(this, 'web');
        new ApiObject(this, 'late', { apiVersion: 'v1', kind: 'Secret', data: { a: Lazy.any({ produce: () => 1 }) } });
      }
    }
    const app = new App();
    const first = new MyChart(app, 'hello');
    new MyChart(app, 'world', { namespace: 'w' }).addDependency(first);
    app.synth();`,
};

it('is equal for an app that cdk8s init makes', () => {
  const folder = bench.app(INITIAL_APP);
  expect(cdk8s(folder)).toBe(0);
  const expected = textsBelow(join(folder, 'dist'));
  expect(Object.keys(expected)).toEqual(['0000-hello.k8s.yaml', '0001-world.k8s.yaml']);
  expect(bench.synth(folder).stdout).toBe('dist: 2 files, 0 written, 0 removed\n');
  expect(textsBelow(join(folder, 'dist'))).toEqual(expected);
});

it('is equal for examples/shop', () => {
  const folder = bench.app({});
  const entry = 'examples/shop/charts/main.ts';
  expect(cdk8s('.', '--app', `node --import tsx ${entry}`, '--output', join(folder, 'theirs'))).toBe(0);
  expect(bench.synth('.', entry, '--output', join(folder, 'ours')).status).toBe(0);
  expect(textsBelow(join(folder, 'ours'))).toEqual(textsBelow(join(folder, 'theirs')));
});

it('is equal for the platform, and is dist', () => {
  const folder = bench.app({});
  expect(cdk8s('.', '--output', join(folder, 'theirs'))).toBe(0);
  expect(bench.synth('.', '--output', join(folder, 'ours')).status).toBe(0);
  const ours = textsBelow(join(folder, 'ours'));
  expect(ours).toEqual(textsBelow(join(folder, 'theirs')));
  expect(ours).toEqual(textsBelow('dist'));
});

function cdk8s(folder: string, ...args: readonly string[]): number | null {
  const program = resolve('node_modules/cdk8s-cli/bin/cdk8s');
  return spawnSync(process.execPath, [program, 'synth', '--check-upgrade=false', ...args], { cwd: folder }).status;
}
