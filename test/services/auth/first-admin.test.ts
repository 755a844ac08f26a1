import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { auth } from '#catalog';
import { firstAdminUrl } from '#services/auth/first-admin/command';
import { startServiceStores, TEST_ORIGIN, type ServiceStores } from '#test-support/service-stores';
import { authClient, newPerson, signUp, startAuth, type RunningAuth } from './running-auth.ts';

const run = promisify(execFile);

let stores: ServiceStores;
let running: RunningAuth;

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  running = await startAuth(stores);
});

afterEach(async () => {
  await running.service.db.deleteFrom('account').where('role', '=', 'admin').execute();
});

afterAll(async () => {
  await running.stop();
  await stores.stop();
});

async function newToken(changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const url = new URL((await firstAdminUrl(stores.env(auth, changes))) ?? '');
  expect(`${url.origin}${url.pathname}`).toBe(`${TEST_ORIGIN}/first-admin`);
  return tokenIn(url);
}

function tokenIn({ hash }: URL): string {
  return new URLSearchParams(hash.slice(1)).get('token') ?? '';
}

async function command() {
  return await run(process.execPath, ['--import', 'tsx', 'services/auth/main.ts', 'first-admin'], {
    env: { PATH: process.env.PATH, ...stores.env(auth) },
  });
}

async function redeem(token: string, name?: string) {
  return await authClient(running).send('redeemFirstAdminLink', { body: { ...newPerson(name), token } });
}

describe('the first administrator', () => {
  it('is nobody at first', async () => {
    await signUp(running);
    const admins = await running.service.db.selectFrom('account').selectAll().where('role', '=', 'admin').execute();
    expect(admins).toEqual([]);
  });

  it('comes by a link that a command prints alone on standard output', async () => {
    const { stdout, stderr } = await command();
    expect(stdout).toMatch(new RegExp(`^${TEST_ORIGIN}/first-admin#token=[A-Za-z0-9_-]{43}\n$`));
    expect(stderr).toContain('open this once');
    const token = tokenIn(new URL(stdout.trim()));
    expect((await authClient(running).send('readFirstAdminLink', { body: { token } })).body.valid).toBe(true);
    const stored = await running.service.db.selectFrom('first_admin_link').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(token);
    const { status, body } = await redeem(token);
    expect(status).toBe(201);
    expect(body.account.role).toBe('admin');
  });

  it('is made once: the link is used up, and no other is made', async () => {
    const token = await newToken();
    expect((await redeem(token)).status).toBe(201);
    const again = await redeem(token);
    expect({ status: again.status, code: again.problem.code }).toEqual({ status: 403, code: 'link_invalid' });
    expect((await authClient(running).send('readFirstAdminLink', { body: { token } })).body).toEqual({
      ...{ valid: false, expiresAt: null },
    });
    await expect(command()).rejects.toMatchObject({
      ...{ code: 1, stdout: '', stderr: expect.stringContaining('an administrator already exists') as string },
    });
  });

  it('is one when the link is redeemed many times at one moment', async () => {
    const token = await newToken();
    const answers = await Promise.all([1, 2, 3, 4].map(async () => await redeem(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403]);
  });

  it('cannot use a link that a later one took the place of, or that is too old, or made up', async () => {
    const old = await newToken();
    const expired = await newToken({ ADMIN_LINK_TTL_S: '0' });
    for (const token of [old, expired, 'A'.repeat(43)]) {
      expect((await redeem(token)).problem.code).toBe('link_invalid');
    }
  });

  it('may try again when the handle was taken', async () => {
    const { handle } = await signUp(running);
    const token = await newToken();
    const clash = await authClient(running).send('redeemFirstAdminLink', {
      body: { ...newPerson(handle), email: 'first@example.org', token },
    });
    expect(clash.problem.code).toBe('handle_taken');
    expect((await redeem(token)).status).toBe(201);
  });
});
