/** How `cdk8s-nats synth` runs an app: as Node would run its sources. */
import { readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SynthBench, textsBelow, writeText } from './synth-app.ts';

let bench: SynthBench;

beforeAll(async () => {
  bench = await SynthBench.make();
});
afterAll(() => bench.remove());

const MODULE = '{ "type": "module", "imports": { "#told": "./src/told.ts" } }';
/** `tell` writes a file of the output. */
const TOLD = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  const outdir = process.env.CDK8S_OUTDIR ?? 'none';
  export function tell(name: string, value: unknown): void {
    mkdirSync(outdir, { recursive: true });
    writeFileSync(outdir + '/' + name + '.yaml', JSON.stringify(value));
  }`;

/** What an app with one file beside \`tell\` told as `a`. */
function toldBy(files: Readonly<Record<string, string>>, ...args: readonly string[]): unknown {
  const folder = bench.app({ 'src/told.ts': TOLD, ...files });
  const { status, stderr } = bench.synth(folder, ...args);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(readFileSync(join(folder, 'dist', 'a.yaml'), 'utf8'));
}

describe('a module of ES', () => {
  it('awaits at its top, finds what package.json imports names, and keeps import.meta of each file', () => {
    const folder = realpathSync(
      bench.app({
        'package.json': MODULE,
        'src/told.ts': TOLD,
        'src/place.ts': "const text: string = 'below'; export const place = [text, import.meta.url];",
        'main.ts': `
          import { dirname } from 'node:path';
          import { fileURLToPath } from 'node:url';
          import { tell } from '#told';
          import { place } from './src/place.ts';
          const __dirname = dirname(fileURLToPath(import.meta.url));
          tell('a', await Promise.resolve([...place, __dirname, import.meta.url === 'file://' + process.argv[1]]));`,
      }),
    );
    expect(bench.synth(folder, 'main.ts').stderr).toBe('');
    expect(JSON.parse(readFileSync(join(folder, 'dist', 'a.yaml'), 'utf8'))).toEqual([
      'below',
      pathToFileURL(join(folder, 'src', 'place.ts')).href,
      folder,
      true,
    ]);
  });

  it('imports packages of CommonJS and of ES as Node does', () => {
    const main = `
      import { tell } from '#told';
      import whole, { App } from 'cdk8s';
      import { stringify } from 'yaml';
      import fc from 'fast-check';
      tell('a', [whole.App === App, stringify({ a: 1 }), typeof fc.assert, typeof (await import('yaml')).parse]);`;
    expect(toldBy({ 'package.json': MODULE, 'main.ts': main }, 'main.ts')).toEqual([
      true,
      'a: 1\n',
      'function',
      'function',
    ]);
  });
});

describe('an app of CommonJS', () => {
  it('has the paths of tsconfig.json, __dirname of each file, and is the main module', () => {
    const answer = toldBy(
      {
        'package.json': '{}',
        'tsconfig.json': '{ "extends": "./base.json" }',
        'base.json': '{ "compilerOptions": { "paths": { "@told/*": ["./src/*"] } } }',
        'src/text.txt': 'read at run time',
        'src/place.ts':
          "import { readFileSync } from 'fs'; export const text = readFileSync(__dirname + '/text.txt', 'utf8');",
        'main.ts': `
          import { tell } from '@told/told';
          import { text } from './src/place';
          tell('a', [text, __filename === process.argv[1], require.main === module]);`,
      },
      'main.ts',
    );
    expect(answer).toEqual(['read at run time', true, true]);
  });

  it('gets the words of app: and those after --', () => {
    const files = {
      'package.json': '{}',
      'cdk8s.yaml': 'app: npx ts-node main.ts --stage test\n',
      'main.ts': "import { tell } from './src/told'; tell('a', process.argv.slice(2));",
    };
    expect(toldBy(files, '--', '--settings', 'ha')).toEqual(['--stage', 'test', '--settings', 'ha']);
  });
});

describe('an app that fails', () => {
  const FAILING = {
    'package.json': '{}',
    'src/told.ts': TOLD,
    'src/wrong.ts':
      "\n\nexport function wrong(): never {\n  throw new Error('no good', { cause: new TypeError('x') });\n}",
    'dist/kept.yaml': 'kept',
  };

  it.each([
    ['at once', "tell('a', 1); wrong();", 1],
    ['later', "tell('a', 1); setTimeout(wrong, 1);", 1],
    ['by its exit code', "tell('a', 1); process.exitCode = 3;", 3],
    ['by ending itself', "tell('a', 1); process.exit(4);", 4],
  ])('%s keeps the output and its exit code', (_, act, code) => {
    const main = `import { tell } from './src/told'; import { wrong } from './src/wrong'; ${act} export { wrong };`;
    const folder = realpathSync(bench.app({ ...FAILING, 'main.ts': main }));
    const { status, stderr } = bench.synth(folder, 'main.ts');
    expect(status).toBe(code);
    expect(stderr).toContain(`the app failed (exit code ${code}): dist is unchanged`);
    expect(textsBelow(join(folder, 'dist'))).toEqual({ 'kept.yaml': 'kept' });
    if (code === 1) expect(stderr).toMatch(new RegExp(`Error: no good\\n +at .*wrong.*${folder}/src/wrong.ts:4:9`));
  });

  it('is told from one that writes elsewhere', () => {
    const folder = bench.app({ ...FAILING, 'main.ts': "console.log('nothing')" });
    const { status, stderr } = bench.synth(folder, 'main.ts');
    expect([status, textsBelow(join(folder, 'dist'))]).toEqual([1, { 'kept.yaml': 'kept' }]);
    expect(stderr).toContain('wrote nothing to the folder in CDK8S_OUTDIR');
  });

  it('does not bundle: one message of the bundler, exit code 1', () => {
    const folder = bench.app({ ...FAILING, 'main.ts': "import './missing';" });
    const { status, stderr } = bench.synth(folder, 'main.ts');
    expect(status).toBe(1);
    expect(stderr).toContain('Could not resolve "./missing"');
    expect(textsBelow(join(folder, 'dist'))).toEqual({ 'kept.yaml': 'kept' });
  });
});

describe('the cache', () => {
  const OUTPUTS = {
    'package.json': '{}',
    'src/told.ts': TOLD,
    'src/value.ts': 'export const value = 1;',
    'a.ts': "import { tell } from './src/told'; import { value } from './src/value'; tell('a', value);",
    'b.ts': "import { tell } from './src/told'; tell('b', 1);",
  };

  it('bundles each entry once, and again when a file of it changed', () => {
    const folder = bench.app(OUTPUTS);
    bench.synth(folder, 'a.ts');
    bench.synth(folder, 'b.ts', '-o', 'other');
    const bundles = bundleTimes(folder);
    expect(bundles.size).toBe(2);
    bench.synth(folder, 'a.ts');
    bench.synth(folder, 'b.ts', '-o', 'other');
    expect(bundleTimes(folder)).toEqual(bundles);
    writeText(join(folder, 'src', 'value.ts'), 'export const value = "another";');
    bench.synth(folder, 'a.ts');
    bench.synth(folder, 'b.ts', '-o', 'other');
    expect(textsBelow(join(folder, 'dist'))).toEqual({ 'a.yaml': '"another"' });
    expect([...bundleTimes(folder)].filter(([file, time]) => bundles.get(file) !== time)).toHaveLength(1);
  });

  it('leaves nothing but bundles behind', () => {
    const folder = bench.app(OUTPUTS);
    bench.synth(folder, 'a.ts');
    const left = readdirSync(join(folder, 'node_modules', '.cache', 'cdk8s-nats', 'synth'), { recursive: true });
    expect(left.map(String).filter((name) => name.includes('output'))).toEqual([]);
  });

  it('is not used when a new file takes over an import', () => {
    const folder = bench.app({
      ...OUTPUTS,
      'src/part.js': 'export const part = 1;',
      'd.ts': "import { tell } from './src/told'; import { part } from './src/part'; tell('d', part);",
    });
    bench.synth(folder, 'd.ts');
    writeText(join(folder, 'src', 'part.ts'), 'export const part = 2;');
    bench.synth(folder, 'd.ts');
    expect(textsBelow(join(folder, 'dist'))).toEqual({ 'd.yaml': '2' });
  });

  it('may lose files at any time', () => {
    const folder = bench.app(OUTPUTS);
    bench.synth(folder, 'a.ts');
    const cache = join(folder, 'node_modules', '.cache', 'cdk8s-nats', 'synth');
    for (const name of readdirSync(cache)) rmSync(join(cache, name, 'app.cjs'));
    expect(bench.synth(folder, 'a.ts')).toMatchObject({ status: 0, stderr: '' });
  });

  it('is rid of what a killed process left', () => {
    const folder = bench.app(OUTPUTS);
    bench.synth(folder, 'a.ts');
    const cache = join(folder, 'node_modules', '.cache', 'cdk8s-nats', 'synth');
    const [name = ''] = readdirSync(cache);
    const { pid } = bench.synth(folder, 'a.ts');
    writeText(join(cache, name, `output-${pid}`, 'left.yaml'), 'left');
    bench.synth(folder, 'a.ts');
    expect(readdirSync(join(cache, name)).filter((it) => it.startsWith('output'))).toEqual([]);
  });

  it('is not used when tsconfig.json changed', () => {
    const folder = bench.app({ ...OUTPUTS, 'c.ts': "import { tell } from '@/told'; tell('c', 1);" });
    expect(bench.synth(folder, 'c.ts').status).toBe(1);
    writeText(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }');
    expect(bench.synth(folder, 'c.ts').status).toBe(0);
  });

  function bundleTimes(folder: string): ReadonlyMap<string, number> {
    const cache = join(folder, 'node_modules', '.cache', 'cdk8s-nats', 'synth');
    return new Map(
      readdirSync(cache).map((name) => [name, statSync(join(cache, name, 'record.json')).mtimeMs] as const),
    );
  }
});

it('removes files that the app no longer writes, and only compares with --check', () => {
  const folder = bench.app({
    'package.json': '{}',
    'src/told.ts': TOLD,
    'main.ts': "import { tell } from './src/told'; tell('a', { apiVersion: 'v1', kind: 'ConfigMap' });",
    'dist/old/gone.yaml': 'gone',
  });
  const check = bench.synth(folder, 'main.ts', '--check');
  expect(check.status).toBe(1);
  expect(check.stderr).toContain('not up to date, synthesize again: dist/a.yaml, dist/old/gone.yaml');
  expect(textsBelow(join(folder, 'dist'))).toEqual({ 'old/gone.yaml': 'gone' });
  expect(bench.synth(folder, 'main.ts').stdout).toBe('dist: 1 files, 1 written, 1 removed\n');
  expect(bench.synth(folder, 'main.ts', '--check')).toMatchObject({ status: 0, stdout: 'dist is up to date\n' });
});

it('compares every file of the output with --check, whatever it is called', () => {
  const folder = bench.app({
    'package.json': '{}',
    'main.ts': `
      import { App, Chart, ApiObject } from 'cdk8s';
      const app = new App({ outputFileExtension: '.yml' });
      new ApiObject(new Chart(app, 'a'), 'it', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } });
      app.synth();`,
  });
  expect(bench.synth(folder, 'main.ts').status).toBe(0);
  expect(bench.synth(folder, 'main.ts', '--check').status).toBe(0);
  writeFileSync(join(folder, 'dist/a.yml'), 'apiVersion: v1\nkind: ConfigMap\n');
  writeFileSync(join(folder, 'dist/other.json'), '{}');
  const { status, stderr } = bench.synth(folder, 'main.ts', '--check');
  expect([status, stderr]).toEqual([1, expect.stringContaining('dist/a.yml, dist/other.json')]);
});

describe('an output that would delete something else is refused before anything is done:', () => {
  it.each([
    ['the app through a link', 'link', 'contains the app'],
    ['a folder of sources', 'src', 'holds main.ts'],
    ['installed packages', 'node_modules', 'is in node_modules'],
    ['a repository', 'other', 'holds .git'],
  ])('%s', (_, output, why) => {
    const folder = bench.app({ 'package.json': '{}', 'src/main.ts': '', 'other/.git/HEAD': 'ref: x' });
    symlinkSync('.', join(folder, 'link'));
    const before = textsBelow(join(folder, 'src'));
    const { status, stderr } = bench.synth(folder, 'src/main.ts', '-o', output);
    expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
    expect(textsBelow(join(folder, 'src'))).toEqual(before);
  });
});

describe('wrong usage', () => {
  it.each([
    ['no entry', [], 'pass the file of the app, such as cdk8s-nats synth main.ts'],
    ['a file that is not there', ['gone.ts'], 'gone.ts does not exist'],
    ['an output that holds the app', ['main.ts', '-o', '.'], 'contains the app'],
    ['an output that is a file', ['main.ts', '-o', 'main.ts'], '--output main.ts is a file: name a folder'],
    ['an option of the app', ['main.ts', '--stage', 'prod'], 'options of the app come after --'],
    ['two apps', ['main.ts', 'main.ts'], 'synth takes one app'],
    ['--watch with --check', ['main.ts', '--watch', '--check'], 'cannot be combined'],
  ])('is %s', (_, args, message) => {
    const { status, stderr } = bench.synth(bench.app({ 'main.ts': '' }), ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('is an app without esbuild', () => {
    const { status, stderr } = bench.synth(bench.app({ 'main.ts': '' }, ['esbuild']), 'main.ts');
    expect([status, stderr]).toEqual([
      2,
      'cdk8s-nats synth: esbuild, which bundles the app, is not installed: run npm install --save-dev esbuild\n',
    ]);
  });
});

it('synthesizes after each change with --watch, and shows what changed', async () => {
  const folder = bench.app({
    'package.json': '{}',
    'src/told.ts': TOLD,
    'src/value.ts': "export const value = 'one';",
    'main.ts': `
      import { tell } from './src/told';
      import { value } from './src/value';
      tell('a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { value } });`,
  });
  const watching = bench.watch(folder, 'main.ts');
  try {
    expect(await watching.until('waiting for changes')).toContain('ConfigMap/settings');
    writeText(join(folder, 'src', 'value.ts'), "export const value = 'two';");
    expect(await watching.until('waiting for changes')).toMatch(/settings[^]*value[^]*one[^]*two/);
    expect(textsBelow(join(folder, 'dist'))['a.yaml']).toContain('"two"');
  } finally {
    await watching.end();
  }
});

it('bundles the sources of a workspace package that node_modules links to', () => {
  const folder = bench.app({
    'package.json': '{}',
    'src/told.ts': TOLD,
    'packages/names/package.json': '{ "name": "names", "main": "index.ts" }',
    'packages/names/index.ts': "export const name: string = 'linked';",
    'main.ts': "import { name } from 'names'; import { tell } from './src/told'; tell('a', name);",
  });
  symlinkSync('../packages/names', join(folder, 'node_modules', 'names'));
  expect(bench.synth(folder, 'main.ts').stderr).toBe('');
  expect(textsBelow(join(folder, 'dist'))).toEqual({ 'a.yaml': '"linked"' });
});
