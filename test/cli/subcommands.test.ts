/** What every subcommand promises: its help, its exit codes, one line for what was asked for in a wrong way. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCommandLine } from '../../build-tools/library/command-line-bundle.ts';

const SUBCOMMANDS = ['init', 'lint', 'fix', 'explain', 'diff', 'graph', 'secrets', 'messages', 'local'] as const;
/** A process compiles what it loads, on a slow machine among others. */
const PATIENCE_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-subcommands-'));
const pod = (env: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: shop, namespace: store}\nspec: {containers: [{name: main, image: shop:1, env: ${env}}]}\n`;
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const late = file('late.yaml', pod("[{name: URL, value: 'http://$(HOST)'}, {name: HOST, value: db}]"));
const clean = file('clean.yaml', pod("[{name: HOST, value: db}, {name: URL, value: 'http://$(HOST)'}]"));
const secret = file('secret.yaml', pod('[{name: PASS, valueFrom: {secretKeyRef: {name: keys, key: pass}}}]'));
const broken = file('broken.yaml', 'a: [');

// as it is published, two folders below its package.json
mkdirSync('build', { recursive: true });
const published = mkdtempSync(join('build', 'subcommands-'));
const program = join(published, 'cdk8s-nats.mjs');

beforeAll(async () => {
  await bundleCommandLine(published);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(published, { recursive: true });
});

async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (texts.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (texts.err += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...texts };
}

describe.each(SUBCOMMANDS)('%s', (name) => {
  it('tells its options and exit codes with --help', { timeout: PATIENCE_MS }, async () => {
    const { code, out, err } = await run(name, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^usage: cdk8s-nats ${name} `));
    expect(out).toContain('--help');
    expect(out).toMatch(/^Exit codes?: 0 /m);
  });

  it('ends with 2 and one line at an option that it does not have', { timeout: PATIENCE_MS }, async () => {
    const { code, out, err } = await run(name, '--no-such-option');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(new RegExp(`^cdk8s-nats ${name}: .*--no-such-option.*\\n$`));
  });
});

describe('exit codes', () => {
  it.each([
    ['a clean file', 0, ['lint', clean]],
    ['a finding', 1, ['lint', late]],
    ['a file that is no YAML', 2, ['lint', broken, late]],
    ['nothing to put in order', 0, ['fix', '--check', clean]],
    ['something to put in order', 1, ['fix', '--check', late]],
    ['what cannot be put in order unread', 2, ['fix', '--check', broken]],
    ['a value', 0, ['explain', 'shop', 'URL', clean]],
    ['a value that stays unexpanded', 1, ['explain', 'shop', 'URL', late]],
    ['a variable that is not there', 1, ['explain', 'shop', 'NOPE', clean]],
    ['a workload that is not there', 2, ['explain', 'nobody', 'URL', clean]],
    ['a picture', 0, ['graph', clean]],
    ['a picture of what is no YAML', 2, ['graph', broken]],
    ['a list of Secrets', 0, ['secrets', 'list', secret]],
    ['a Secret that is made', 0, ['secrets', 'generate', secret]],
    ['a subcommand of secrets that is not there', 2, ['secrets', 'show', secret]],
    ['no difference', 0, ['diff', clean, clean]],
    ['a folder that is not there', 2, ['diff', clean, join(folder, 'nowhere')]],
    ['messages in YAML', 0, ['messages', 'src/video-platform/catalog/index.ts']],
    ['a project in a folder that is not empty', 1, ['init', folder, '--name', 'shop']],
    ['a project without a folder', 2, ['init']],
    ['a subcommand that is not there', 2, ['lnt', clean]],
    ['no subcommand', 2, []],
  ] as const)('tell of %s: %i', { timeout: PATIENCE_MS }, async (_, expected, args) => {
    const { code, err } = await run(...args);
    expect({ code, err }).toEqual({ code: expected, err: expected === 2 ? expect.stringMatching(/\S/) : err });
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe('--json', () => {
  it.each([
    ['lint', ['lint', '--json', late], [{ rule: 'env-late', line: 4 }]],
    ['explain', ['explain', '--json', 'shop', 'PASS', secret], [{ variable: 'PASS', container: 'main' }]],
    ['secrets list', ['secrets', 'list', '--json', secret], [{ name: 'keys', namespace: 'store' }]],
    ['diff', ['diff', '--json', clean, late], {}],
  ] as const)('of %s is data', { timeout: PATIENCE_MS }, async (_, args, expected) => {
    expect(JSON.parse((await run(...args)).out)).toMatchObject(expected);
  });
});

describe('standard output that takes no more', () => {
  async function runTo(target: string, ...args: readonly string[]) {
    const command = `exec "$0" ${program} "$@" ${target}`;
    const child = spawn('sh', ['-c', command, process.execPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.stdout.destroy();
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, err };
  }

  it.each([
    ['findings', ['lint', late]],
    ['SARIF', ['lint', '--format', 'sarif', late]],
    ['a help', ['--help']],
    ['a difference', ['diff', clean, late]],
    ['a picture', ['graph', clean]],
  ] as const)('ends %s in one line and 2', { timeout: PATIENCE_MS }, async (_, args) => {
    expect(await runTo('> /dev/full', ...args)).toEqual({
      code: 2,
      err: 'standard output cannot be written: no space left on device\n',
    });
  });
});

describe('--version', () => {
  it('is that of the package', { timeout: PATIENCE_MS }, async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
    expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});
