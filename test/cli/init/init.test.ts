import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInit } from '../../../src/cli/init/command.ts';
import { writeAll } from '../../../src/cli/init/project-folder.ts';
import { textsBelow } from '../synth/synth-app.ts';
import { capturedTerminal } from '../captured-terminal.ts';

interface Description {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const OWN = JSON.parse(readFileSync('package.json', 'utf8')) as Description & { readonly version: string };
/** Names that files of an example have in a project. */
const REAL_NAMES = /^_(gitignore|package\.json|tsconfig\.json)$/;

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cdk8s-nats-init-'));
});
afterEach(() => {
  rmSync(top, { recursive: true });
});

async function init(...args: readonly string[]) {
  const terminal = capturedTerminal();
  const code = await runInit(args, terminal);
  return { code, ...terminal.written };
}

/** Tracked files of an example, as a project has them. */
function example(name: string): Readonly<Record<string, string>> {
  const tracked = execFileSync('git', ['ls-files', '-z', `examples/${name}`], { encoding: 'utf8' }).split('\0');
  const files = tracked.filter((path) => path !== '').sort();
  return Object.fromEntries(
    files.map((path) => {
      const own = path.slice(`examples/${name}/`.length);
      return [
        own.replace(REAL_NAMES, (_, real: string) => (real === 'gitignore' ? '.gitignore' : real)),
        readFileSync(path, 'utf8'),
      ];
    }),
  );
}

describe('a project named shop', () => {
  it('is examples/shop, byte for byte', async () => {
    expect(await init(join(top, 'shop'))).toMatchObject({ code: 0, err: '' });
    expect(textsBelow(join(top, 'shop'))).toEqual(example('shop'));
  });

  it('is examples/minimal with --minimal, and the common files of examples/shop', async () => {
    await init(join(top, 'minimal'), '--minimal');
    const files = textsBelow(join(top, 'minimal'));
    expect(files).toMatchObject(example('minimal'));
    const common = Object.keys(files).filter((path) => !Object.hasOwn(example('minimal'), path));
    expect(Object.fromEntries(common.map((path) => [path, files[path]]))).toEqual(
      Object.fromEntries(common.map((path) => [path, example('shop')[path]])),
    );
    expect(common).toEqual(expect.arrayContaining(['.gitignore', 'Dockerfile', 'build.js', 'tsconfig.json']));
  });
});

describe('a project of another name', () => {
  it.each([[[]], [['--minimal']]])('has that name wherever the example has its own: %j', async (flags) => {
    await init(join(top, 'bike-parts'), ...flags);
    const files = textsBelow(join(top, 'bike-parts'));
    expect(Object.values(files).join('\n')).not.toMatch(/shop|minimal/i);
    expect(files['charts/app.ts']).toContain("NAMESPACE = 'bike-parts'");
    expect((JSON.parse(files['package.json'] ?? '') as Description).name).toBe('bike-parts');
  });

  it('is that of --name where one is given', async () => {
    await init(join(top, 'a'), '--name', 'bikes');
    expect(textsBelow(join(top, 'a'))['package.json']).toContain('"name": "bikes"');
  });

  it.each(['Shop', '1shop', 'shop-', 'my_shop', 'a'.repeat(41), ''])('is refused as %j', async (name) => {
    await expect(init(join(top, 'a'), '--name', name)).rejects.toThrow(/must be 1 to 40 lowercase letters[^]*--name/);
    expect(readdirSync(top)).toEqual([]);
  });

  it.each(['express', 'cdk8s-nats', 'vitest'])('is refused as %s, which the project installs', async (name) => {
    await expect(init(join(top, name))).rejects.toThrow(/a package that it installs: set another with --name/);
  });
});

describe('package.json', () => {
  it.each([[[]], [['--minimal']]])('names the versions that this package is tested with: %j', async (flags) => {
    await init(join(top, 'shop'), ...flags);
    const { dependencies, devDependencies } = JSON.parse(
      textsBelow(join(top, 'shop'))['package.json'] ?? '',
    ) as Description;
    const { 'cdk8s-nats': library, ...others } = { ...dependencies, ...devDependencies };
    expect(library).toBe(`^${OWN.version}`);
    expect(OWN.devDependencies).toMatchObject(others);
  });

  it('takes the library from elsewhere with --library', async () => {
    await init(join(top, 'shop'), '--library', 'file:../cdk8s-nats.tgz');
    expect(textsBelow(join(top, 'shop'))['package.json']).toContain('"cdk8s-nats": "file:../cdk8s-nats.tgz"');
  });
});

describe('the folder', () => {
  it('may be there, be empty, and be a repository', async () => {
    mkdirSync(join(top, 'shop/.git'), { recursive: true });
    expect(await init(join(top, 'shop'))).toMatchObject({ code: 0 });
    expect(existsSync(join(top, 'shop/package.json'))).toBe(true);
  });

  it('is left alone when it is not empty; one line says what it contains', async () => {
    for (const name of ['f', 'e', 'd', 'c', 'b', 'a']) writeFileSync(join(top, name), '');
    const { code, out, err } = await init(top, '--name', 'shop');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      `cdk8s-nats init: ${top} is not empty, it contains a, b, c, d, e and 1 more: choose another folder\n`,
    );
    expect(readdirSync(top)).toHaveLength(6);
  });

  it.each([[[]], [['a', 'b']]])('is one: %j is refused', async (args) => {
    await expect(init(...args)).rejects.toThrow(/init takes one folder/);
  });

  it.skipIf(process.getuid?.() === 0)('stays as it is when it may not be written', async () => {
    chmodSync(top, 0o555);
    await expect(init(join(top, 'shop'))).rejects.toThrow(/EACCES/);
    chmodSync(top, 0o755);
    expect(readdirSync(top)).toEqual([]);
  });
});

describe('all or nothing', () => {
  it('removes what it wrote when a file cannot be written, and nothing else', () => {
    mkdirSync(join(top, 'mine'));
    writeFileSync(join(top, 'mine/b'), 'mine');
    const files = new Map(Object.entries({ 'x/y/a': '1', 'mine/a': '2', 'mine/b': '3', c: '4' }));
    expect(() => writeAll(top, files)).toThrow(/EEXIST/);
    expect(textsBelow(top)).toEqual({ 'mine/b': 'mine' });
    expect(readdirSync(top)).toEqual(['mine']);
  });
});

it('says what to do next, and with --json what was made', async () => {
  expect((await init(join(top, 'shop'))).out).toMatch(
    /^created shop: \d+ files\n\n {2}cd .*shop\n {2}npm install\n {2}npm run dev\n$/,
  );
  const { out } = await init(join(top, 'other'), '--json');
  const report = JSON.parse(out) as {
    readonly name: string;
    readonly folder: string;
    readonly files: readonly string[];
  };
  expect(report).toMatchObject({ name: 'other', folder: join(top, 'other') });
  expect(report.files).toEqual(Object.keys(textsBelow(join(top, 'other'))));
});
