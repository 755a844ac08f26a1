import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountCreated, PASSWORD_LENGTH } from '#contracts';
import type { DataOf } from '#declare';
import { refuseWeakPassword } from '#services/auth/passwords/weak-password';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { recordMessages, type MessageRecorder } from '#test-support/message-recorder';
import { authClient, newPerson, signUp, startAuth, type RunningAuth } from './running-auth.ts';

let stores: ServiceStores;
let running: RunningAuth;
let created: MessageRecorder<typeof accountCreated>;

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  running = await startAuth(stores);
  created = await recordMessages(await stores.adminNats(), accountCreated);
});

afterAll(async () => {
  await running.stop();
  await stores.stop();
});

describe('sign-up', () => {
  it('makes an account, logs its owner in and tells of it without the address', async () => {
    const person = newPerson();
    const client = authClient(running);
    const { status, body, headers } = await client.send('signUp', { body: person });
    expect(status).toBe(201);
    expect(body.account).toMatchObject({ handle: person.handle, email: person.email, role: 'user' });
    expect(headers.get('set-cookie')).toMatch(/^sid=[A-Za-z0-9_-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await client.send('readSession')).body.session).toMatchObject({ sessionId: body.sessionId });
    const told: DataOf<typeof accountCreated> = await created.first(({ handle }) => handle === person.handle);
    expect(told).toEqual({
      ...{ userId: body.account.userId, version: 1, handle: person.handle, displayName: person.displayName },
      ...{ role: 'user', createdAt: body.account.createdAt },
    });
    expect(JSON.stringify(told)).not.toContain('@');
  });

  it('keeps an argon2id hash at OWASP cost, and in Redis no secret of a session', async () => {
    const { client, handle } = await signUp(running);
    const { password_hash } = await running.service.db
      .selectFrom('account')
      .select('password_hash')
      .where('handle', '=', handle)
      .executeTakeFirstOrThrow();
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const secret = client.cookie.slice('sid='.length);
    const keys = await stores.adminRedis.keys('*');
    const values = await Promise.all(keys.map(async (key) => await stores.adminRedis.dump(key)));
    expect([...keys, ...values].join('\n')).not.toContain(secret);
  });

  it.each([
    ['handle', { email: 'other@example.org' }, 'handle_taken'],
    ['e-mail address, in whatever case,', { handle: 'other_handle' }, 'email_taken'],
  ])('refuses a taken %s', async (_, difference, code) => {
    const name = `t${Math.random().toString(36).slice(2, 10)}`;
    await signUp(running, name);
    const again = { ...newPerson(name), email: `${name.toUpperCase()}@EXAMPLE.org`, ...difference };
    const { status, problem } = await authClient(running).send('signUp', { body: again });
    expect({ status, code: problem.code }).toEqual({ status: 409, code });
  });

  it.each(['1qaz2wsx3edc', 'Password123!', 'aaaaaaaaaa', 'abcabcabcabc', '1234567890', 'qwertyuiop', 'someone_99'])(
    'refuses the weak password %s',
    async (password) => {
      const body = { ...newPerson('someone_99'), password };
      const { status, problem } = await authClient(running).send('signUp', { body });
      expect({ status, code: problem.code }).toEqual({ status: 422, code: 'weak_password' });
    },
  );

  it('refuses all passwords of leaks that are long enough', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    const long = dictionary['passwords-common'].filter(({ length }) => length >= PASSWORD_LENGTH.min);
    expect(long.length).toBeGreaterThan(1500);
    for (const password of long.slice(0, 100)) {
      const judged = refuseWeakPassword(password.toUpperCase(), { handle: 'ada', email: 'ada@example.org' });
      await expect(judged, password).rejects.toMatchObject({ code: 'weak_password' });
    }
  });

  it('refuses fields that are not the visitor’s to set, and says every fault at once', async () => {
    const body = { ...newPerson(), role: 'admin', userId: 'x', password: 'short' };
    const { status, problem } = await authClient(running).send('signUp', { body });
    expect(status).toBe(422);
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/password', '/role', '/userId']);
  });

  it('lets one of two sign-ups with the same handle at the same moment through', async () => {
    const name = `race${Math.random().toString(36).slice(2, 8)}`;
    const bodies = ['a', 'b', 'c'].map((mailbox) => ({ ...newPerson(name), email: `${mailbox}-${name}@example.org` }));
    const answers = await Promise.all(bodies.map(async (body) => await authClient(running).send('signUp', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});
