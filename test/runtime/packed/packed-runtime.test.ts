/**
 * A service on the packed library in a fresh folder, with only the peers that it uses: no Redis, no cdk8s. One file of at
 * most 40 lines, as ECMAScript module and as CommonJS, on real PostgreSQL and NATS.
 */
import { transform } from 'esbuild';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, temporaryFolder, type RunningNats, type RunningPostgres } from '#local';
import { eventually } from '#test-support/eventually';
import { startNats } from '#test-support/nats';
import { startPostgres } from '#test-support/postgres';

const SOURCE = readFileSync(new URL('notes-service.mjs', import.meta.url), 'utf8');
const PEERS = ['express', 'kysely', 'nats', 'pg', 'pino', 'prom-client'];
/** A service without a store, whose type knows that it has none. */
const WITHOUT_STORES = `
import { declareService, Env, runtimeEnv } from 'cdk8s-nats/declare';
import { defineService, runService } from 'cdk8s-nats/runtime';

const clock = declareService({ name: 'clock', env: [...runtimeEnv('clock', {}), Env.value('ZONE', 'UTC')] });
const definition = defineService(clock, {
  loops: ({ config, log }) => {
    const zone: string = config.ZONE;
    return [{ name: 'tick', everyMs: 1000, run: async () => log.info({ zone }, 'tick') }];
  },
});
// @ts-expect-error without DATABASE_URL there is no database
defineService(clock, { loops: ({ db }) => [{ name: 'tick', everyMs: 1000, run: async () => void db }] });
await runService(definition);
`;
/** The entries beside the runtime. */
const BESIDE = `
import { createClient } from 'cdk8s-nats/client';
import { startForTest } from 'cdk8s-nats/testing';

export const entries: readonly unknown[] = [createClient, startForTest];
`;
const folder = temporaryFolder('cdk8s-nats-runtime-');

beforeAll(async () => {
  npm(['run', 'build', '--', '--if-changed'], '.');
  const packed = npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], '.').trim();
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  npm(
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', join(folder, packed), ...PEERS],
    folder,
  );
  const { code } = await transform(SOURCE, { format: 'cjs', platform: 'node', sourcefile: 'notes-service.mjs' });
  writeFileSync(join(folder, 'service.mjs'), SOURCE);
  writeFileSync(join(folder, 'service.cjs'), code);
}, 300_000);

it('the service is one file of at most 40 lines', () => {
  expect(SOURCE.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
});

it('no cdk8s, constructs or Redis client is installed with it', () => {
  const absent = ['cdk8s', 'cdk8s-plus-27', 'constructs', 'ioredis'];
  expect(absent.filter((name) => existsSync(join(folder, 'node_modules', name)))).toEqual([]);
});

it('an error of a declaration is one class across the entries in CommonJS', () => {
  const script = `
    const { readConfig, Env, MessageError } = require('cdk8s-nats/declare');
    const { explain } = require('cdk8s-nats/runtime');
    try { readConfig([Env.value('A', 1)], {}) } catch (error) { console.log(explain('a', error).split('\\n')[0]) }`;
  const said = execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' });
  expect(said.trim()).toBe('a cannot start, its environment is invalid:');
});

it('its types compile under skipLibCheck in an app without Kysely, ioredis and pg', () => {
  const app = appWith(['express', 'nats', 'pino', 'prom-client', '@types', '@standard-schema']);
  writeFileSync(join(app, 'service.ts'), WITHOUT_STORES);
  writeFileSync(join(app, 'beside.ts'), BESIDE);
  const compilerOptions = { strict: true, skipLibCheck: true, module: 'nodenext', target: 'es2022', noEmit: true };
  writeFileSync(
    join(app, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, types: ['node'] }, files: ['service.ts', 'beside.ts'] }),
  );
  const compiled = spawnSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', app], {
    encoding: 'utf8',
  });
  expect(compiled.stdout).toBe('');
}, 120_000);

it.each([
  [
    'import',
    `import('cdk8s-nats/client').then(({ createClient }) => import('cdk8s-nats/testing').then(show(createClient)))`,
  ],
  ['require', `show(require('cdk8s-nats/client').createClient)(require('cdk8s-nats/testing'))`],
])('the client and the test kit are there by %s', (_how, load) => {
  const show =
    'const show = (createClient) => ({ startForTest }) => console.log(typeof createClient, typeof startForTest);';
  const said = execFileSync(process.execPath, ['-e', `${show} ${load}`], { cwd: folder, encoding: 'utf8' });
  expect(said.trim()).toBe('function function');
});

it.each(['mjs', 'cjs'])(
  'the first service of the guide runs with express, pino and prom-client alone, as .%s',
  async (kind) => {
    const app = appWith(['express', 'pino', 'prom-client']);
    const guide = readFileSync('docs/runtime.md', 'utf8');
    const [, program = ''] = /## The smallest service\n\n```ts\n([\s\S]*?)```/.exec(guide) ?? [];
    const { code } = await transform(`async function main() {${program.replace(/^import .*$/gm, '')}}\nmain();`, {
      loader: 'ts',
    });
    const imports = program.match(/^import .*$/gm)?.join('\n') ?? '';
    const asModule = `${imports}\n${code}`;
    const { code: text } = await transform(asModule, { loader: 'js', format: kind === 'cjs' ? 'cjs' : 'esm' });
    writeFileSync(join(app, `hello.${kind}`), text);
    const port = await freePort();
    const env = { PATH: process.env['PATH'], PORT: String(port), HOST: '127.0.0.1' };
    const child = spawn(process.execPath, [`hello.${kind}`], { cwd: app, env });
    const exited = once(child, 'exit');
    const said: string[] = [];
    for (const output of [child.stdout, child.stderr])
      output.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    try {
      await eventually(async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/hello`);
        expect(await answer.json(), said.join('')).toEqual({ hello: 'world' });
      }, 60_000);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await exited, said.join('')).toEqual([0, null]);
  },
);

it('names the packages that a store needs when they are missing', () => {
  const app = appWith(['express', 'kysely', 'pino', 'prom-client']);
  writeFileSync(join(app, 'service.mjs'), SOURCE);
  const env = environment('postgresql://u:p@127.0.0.1:1/x', 'nats://127.0.0.1:1', 0);
  const { status, stderr, stdout } = spawnSync(process.execPath, ['service.mjs'], { cwd: app, env, encoding: 'utf8' });
  expect([status, stdout + stderr]).toEqual([1, expect.stringContaining('npm install pg kysely')]);
});

describe.each(['service.mjs', 'service.cjs'])('%s', (file) => {
  let postgres: RunningPostgres;
  let nats: RunningNats;

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  });
  afterAll(async () => {
    await Promise.all([postgres.stop(), nats.stop()]);
  });

  it('starts, answers, consumes, and drains on SIGTERM', async () => {
    const port = await freePort();
    const said: string[] = [];
    const child = spawn(process.execPath, [file], { cwd: folder, env: environment(postgres.url, nats.url, port) });
    const exited = once(child, 'exit');
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const url = `http://127.0.0.1:${port}`;
    try {
      await eventually(async () => expect((await fetch(`${url}/readyz`)).status, said.join('')).toBe(200), 60_000);
      const body = JSON.stringify({ text: 'hello' });
      const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
      const answer = await fetch(`${url}/api/notes`, { ...init, body });
      expect([answer.status, await answer.json()]).toEqual([201, { text: 'hello' }]);
      expect((await fetch(`${url}/api/notes`, { ...init, body: '{}' })).status).toBe(422);
      await eventually(async () => {
        const read = await fetch(`${url}/api/notes`);
        expect(await read.json()).toEqual([{ text: 'hello', read: true }]);
      });
    } finally {
      child.kill('SIGTERM');
    }
    expect(await exited, said.join('')).toEqual([0, null]);
  });
});

/** A folder with the packed library and these packages alone. */
function appWith(packages: readonly string[]): string {
  const app = temporaryFolder('cdk8s-nats-app-');
  const modules = join(app, 'node_modules');
  mkdirSync(modules);
  for (const name of packages) symlinkSync(resolve('node_modules', name), join(modules, name));
  // a copy, since what it imports is looked for from where it is
  cpSync(join(folder, 'node_modules/cdk8s-nats'), join(modules, 'cdk8s-nats'), { recursive: true });
  writeFileSync(join(app, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return app;
}

function environment(databaseUrl: string, natsUrl: string, port: number): NodeJS.ProcessEnv {
  return {
    ...{ PATH: process.env['PATH'], PORT: String(port), HOST: '127.0.0.1', NODE_ENV: 'production' },
    ...{ SERVICE_NAME: 'notes', POD_NAME: 'notes-0', POD_NAMESPACE: 'shop', APP_VERSION: '1.0.0', LOG_LEVEL: 'info' },
    ...{ TRUST_PROXY_HOPS: '1', START_DEADLINE_S: '60', SHUTDOWN_GRACE_MS: '10000' },
    ...{ DATABASE_URL: databaseUrl, DB_HOST: 'x', DB_PORT: '5432', DB_NAME: 'x', DB_USER: 'x', DB_PASS: 'x' },
    ...{ DB_SCHEMA: 'public', DB_POOL_MAX: '4', OUTBOX_POLL_MS: '200' },
    ...{ NATS_URL: natsUrl, NATS_USER: '', NATS_PASSWORD: 'unused', NATS_CLIENT_NAME: 'notes' },
    NATS_INBOX_PREFIX: '_INBOX_notes',
  };
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
