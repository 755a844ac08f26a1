/** What each service says, as the process that the image runs, when it is started with a wrong environment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '#catalog';
import type { ServiceDeclaration } from '#declare';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { bundleServices } from '../../../build-tools/services/service-bundle.ts';

const HANG_MS = 30_000;

let stores: ServiceStores;

beforeAll(async () => {
  await bundleServices();
  stores = await startServiceStores();
});

afterAll(async () => await stores.stop());

interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(service: string, env: Readonly<Record<string, string>>): Promise<End> {
  const process = spawn('node', [`build/services/${service}.mjs`], {
    env: { PATH: globalThis.process.env.PATH, ...env },
  });
  const pieces = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].on('data', (piece: Buffer) => {
      pieces[name] += piece.toString();
    });
  }
  const timer = setTimeout(() => process.kill('SIGKILL'), HANG_MS);
  const [code] = (await once(process, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, ...pieces };
}

const declarations: readonly (readonly [string, ServiceDeclaration])[] = SERVICES.map((one) => [one.name, one]);

describe.each(declarations)('%s', (name, declaration) => {
  const required = declaration.env.filter(({ optional }) => !optional).map((variable) => variable.name);

  it('names all variables that are missing in one message, and does not start', async () => {
    const { code, stdout, stderr } = await run(name, {});
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(required.length).toBeGreaterThanOrEqual(20);
    expect(required.filter((variable) => !new RegExp(`\\b${variable} is not set`).test(stderr))).toEqual([]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('names what is malformed or was left unexpanded besides what is missing', async () => {
    const { NATS_USER, ...env } = stores.env(declaration);
    expect(NATS_USER).toBe(name);
    const wrong = { ...env, DB_POOL_MAX: 'many', PUBLIC_ORIGIN: 'example.org/', DB_USER: '$(SERVICE_NAME)' };
    const { code, stderr } = await run(name, wrong);
    expect(code).toBe(1);
    for (const variable of ['NATS_USER', 'DB_POOL_MAX', 'PUBLIC_ORIGIN', 'DB_USER']) expect(stderr).toContain(variable);
    expect(stderr).toContain('"many"');
    expect(stderr).toContain('$(SERVICE_NAME)');
  });

  it.each([
    ['postgres', 'DB_PASS'],
    ['redis', 'REDIS_PASSWORD'],
    ['nats', 'NATS_PASSWORD'],
  ])('says that %s refused it when %s is wrong, and does not show it', async (dependency, variable) => {
    const secret = 'Wr0ngSecretOfThisTest';
    const startedAt = performance.now();
    const { code, stdout, stderr } = await run(name, { ...stores.env(declaration, { [variable]: secret }), PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toContain(`${name} cannot start: ${dependency} refused the login`);
    expect(stderr).toContain(variable);
    expect(stderr + stdout).not.toContain(secret);
    expect(performance.now() - startedAt).toBeLessThan(HANG_MS);
  });
});
