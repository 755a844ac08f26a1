/**
 * The first app, from the packed library in an empty folder: `init`, then the commands of its README on real servers. Its
 * packages are those of this repository, so nothing is downloaded.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureProgram, temporaryFolder } from '#local';

const run = promisify(execFile);
const PROGRAMS = {
  vitest: 'vitest/vitest.mjs',
  tsc: 'typescript/bin/tsc',
  'cdk8s-nats': 'cdk8s-nats/build/cli/cdk8s-nats.mjs',
};
const top = temporaryFolder('first-app');
const library = join(top, 'package');
const started: ChildProcess[] = [];

beforeAll(async () => {
  chmodSync(top, 0o755);
  for (const program of ['postgres', 'nats-server'] as const) await ensureProgram(program);
  await run('npm', ['run', 'build', '--', '--if-changed']);
  const { stdout } = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', top]);
  await run('tar', ['xzf', stdout.trim()], { cwd: top });
}, 300_000);
afterEach(() => {
  for (const { pid } of started.splice(0)) if (pid !== undefined) killGroup(pid, 'SIGKILL');
});

/** A project that `init` makes, with its packages in place. */
async function project(name: string, ...flags: readonly string[]): Promise<string> {
  await run(process.execPath, [join(library, 'build/cli/cdk8s-nats.mjs'), 'init', name, ...flags], { cwd: top });
  const folder = join(top, name);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  for (const one of Object.keys({ ...dependencies, ...devDependencies })) {
    const target = join(modules, one);
    mkdirSync(dirname(target), { recursive: true });
    // a copy, since what it imports is looked for from where it is
    if (one === 'cdk8s-nats') cpSync(library, target, { recursive: true });
    else symlinkSync(resolve('node_modules', one), target);
  }
  for (const [one, file] of Object.entries(PROGRAMS)) symlinkSync(join(modules, file), join(modules, '.bin', one));
  return folder;
}

/** Environment of a person's shell: nothing of the test runner's own. */
function shell(): NodeJS.ProcessEnv {
  const own = /^(npm_|VITEST|NODE_ENV$|TEST$|INIT_CWD$|TEST_|FORCE_COLOR$)/;
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name))), NO_COLOR: '1' };
}

async function npm(folder: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await run('npm', [...args], { cwd: folder, env: shell() })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** Starts `npm run dev` in a group of its own, as a terminal does; resolves when everything is ready. */
async function dev(folder: string) {
  const child = spawn('npm', ['run', 'dev', '--', '--port', '0', '--json'], {
    cwd: folder,
    env: shell(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const lines: string[] = [];
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (line.includes('"ready":true')) resolve((JSON.parse(line) as { url: string }).url);
      });
    }
    void exited.then(() => reject(new Error(`ended before it was ready:\n${lines.join('\n')}`)));
  });
  return { url, lines, exited, ctrlC: () => killGroup(child.pid ?? 0, 'SIGINT') };
}

describe('the project of cdk8s-nats init', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await project('bike-parts');
  });

  it('has no type error', async () => {
    await npm(folder, 'run', 'types');
  });

  it('writes manifests that pass all checks', async () => {
    expect(await npm(folder, 'run', 'synth')).toMatch(/dist: \d+ files, \d+ written/);
    const lint = ['lint', '--complete', 'dist'];
    const { stdout } = await run(join(folder, 'node_modules/.bin/cdk8s-nats'), lint, { cwd: folder });
    expect(stdout).toMatch(/no findings|0 errors|^$/);
    expect(existsSync(join(folder, 'dist/20-orders.yaml'))).toBe(true);
  });

  it('passes its own tests', async () => {
    expect(await npm(folder, 'test')).toMatch(/Tests +\d+ passed/);
  });

  it('runs both services with one command, and ends in order with Ctrl-C under npm', async () => {
    const { url, lines, exited, ctrlC } = await dev(folder);
    const order = { email: 'ada@example.net', cents: 700 };
    const response = await fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(order),
    });
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { id: string };
    await expect
      .poll(async () => await (await fetch(`${url}/api/mail/letters`)).json(), { timeout: 20_000 })
      .toMatchObject([{ order_id: id, email: order.email, text: 'Thank you for your order of 7.00 euros.' }]);
    ctrlC();
    expect(await exited, lines.join('\n')).toEqual([0, null]);
    for (const name of ['orders-0', 'mail-0', 'postgres', 'nats']) {
      expect(lines.some((line) => line.includes(`"name":"${name}","state":"stopped"`))).toBe(true);
    }
  });
});

describe('the project of cdk8s-nats init --minimal', () => {
  it('has no type error and passes its own tests', async () => {
    const folder = await project('greeter', '--minimal');
    await npm(folder, 'run', 'types');
    expect(await npm(folder, 'test')).toMatch(/Tests +2 passed/);
  });
});

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
