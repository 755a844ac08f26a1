import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionRevoked } from '#contracts';
import { createLogger } from '#runtime';
import { recordMessages } from '#test-support/message-recorder';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { authClient, signUp, startAuth, WIDE_LIMITS, type RunningAuth, type SignedUp } from './running-auth.ts';

let stores: ServiceStores;
let running: RunningAuth;
let person: SignedUp;

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  running = await startAuth(stores);
  person = await signUp(running);
});

afterAll(async () => {
  await running.stop();
  await stores.stop();
});

describe('log-in', () => {
  it('takes the handle or the e-mail address, in whatever case', async () => {
    for (const login of [person.handle, person.handle.toUpperCase(), ` ${person.email.toUpperCase()} `]) {
      const { status, body } = await authClient(running).send('logIn', { body: { login, password: person.password } });
      expect(status, login).toBe(201);
      expect(body.account.handle).toBe(person.handle);
    }
  });

  it('is logged with who and from where, also when it fails; never with what was typed', async () => {
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
    const log = createLogger({ service: 'auth', version: '1', level: 'info', destination });
    const heard = await startAuth(stores, WIDE_LIMITS, log);
    const client = authClient(heard, '203.0.113.20');
    const unknown = 'secret-typed-as-a-name';
    await client.send('logIn', { body: { login: unknown, password: 'wrong wrong wrong' } });
    await client.send('logIn', { body: { login: person.email, password: 'wrong wrong wrong' } });
    await client.send('logIn', { body: { login: person.handle, password: person.password } });
    await heard.stop();
    const told = lines.filter(({ msg }) => msg === 'log-in failed' || msg === 'logged in');
    const { userId } = person.session.account;
    expect(told.map((line) => [line.msg, line.userId, line.address])).toEqual([
      ['log-in failed', 'unknown', '203.0.113.20'],
      ['log-in failed', userId, '203.0.113.20'],
      ['logged in', userId, '203.0.113.20'],
    ]);
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${unknown}|wrong wrong|${person.email}`));
  });

  it('answers an unknown user as it does a wrong password, to the byte', async () => {
    const person = await signUp(running);
    const faces = await Promise.all(
      [person.handle, 'nobody_here', person.email, 'nobody@example.org'].map(async (login) => {
        const answer = await authClient(running).send('logIn', { body: { login, password: 'wrong wrong wrong' } });
        const { requestId: _, ...problem } = answer.problem;
        const headers = Object.fromEntries(
          [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
        );
        return { status: answer.status, problem, headers };
      }),
    );
    expect(faces[0]).toMatchObject({ status: 401, problem: { code: 'wrong_credentials' } });
    for (const face of faces) expect(face).toEqual(faces[0]);
  });

  it('takes about as long for an unknown user as for a wrong password', async () => {
    const timed = async (login: string): Promise<number> => {
      const startedAt = performance.now();
      await authClient(running).send('logIn', { body: { login, password: 'wrong wrong wrong' } });
      return performance.now() - startedAt;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      known.push(await timed(person.handle));
      unknown.push(await timed('nobody_here'));
    }
    // without the hash it would be a tenth
    expect(median(unknown) / median(known)).toBeGreaterThan(0.5);
    expect(median(unknown) / median(known)).toBeLessThan(2);
  });

  it('gives a new session whatever the browser brings, and ends the one it brought', async () => {
    const revoked = await recordMessages(await stores.adminNats(), sessionRevoked);
    const { client, session, handle, password } = await signUp(running);
    const before = client.cookie;
    const { body } = await client.send('logIn', { body: { login: handle, password } });
    expect(client.cookie).not.toBe(before);
    expect(body.sessionId).not.toBe(session.sessionId);
    const old = authClient(running);
    old.cookie = before;
    expect((await old.send('listSessions')).status).toBe(401);
    expect(await revoked.first(({ sessionIds }) => sessionIds.includes(session.sessionId), 2000)).toMatchObject({
      reason: 'logout',
    });
  });

  it('does not take over a session id that somebody planted', async () => {
    const client = authClient(running);
    client.cookie = `sid=${'A'.repeat(43)}`;
    await client.send('logIn', { body: { login: person.handle, password: person.password } });
    expect(client.cookie).toMatch(/^sid=[A-Za-z0-9_-]{43}$/);
    expect(client.cookie).not.toBe(`sid=${'A'.repeat(43)}`);
  });

  it('ends nothing and logs nobody in when the password is wrong', async () => {
    const { client, handle } = await signUp(running);
    const before = client.cookie;
    expect((await client.send('logIn', { body: { login: handle, password: 'wrong' } })).status).toBe(401);
    expect(client.cookie).toBe(before);
    expect((await client.send('listSessions')).status).toBe(200);
  });

  it('says that nobody is logged in without fault, and takes a dead cookie away', async () => {
    const client = authClient(running);
    expect((await client.send('readSession')).body).toEqual({ session: null });
    client.cookie = `sid=${'B'.repeat(43)}`;
    expect((await client.send('readSession')).body).toEqual({ session: null });
    expect(client.cookie).toBe('');
  });
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
