import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountDeleted, passwordChanged, sessionRevoked } from '#contracts';
import { eventually } from '#test-support/eventually';
import { recordMessages, type MessageRecorder } from '#test-support/message-recorder';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { authClient, logInAgain, newPerson, signUp, startAuth, type RunningAuth } from './running-auth.ts';

let stores: ServiceStores;
let running: RunningAuth;
let revoked: MessageRecorder<typeof sessionRevoked>;
let changed: MessageRecorder<typeof passwordChanged>;
let deleted: MessageRecorder<typeof accountDeleted>;

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  running = await startAuth(stores);
  const link = await stores.adminNats();
  revoked = await recordMessages(link, sessionRevoked);
  changed = await recordMessages(link, passwordChanged);
  deleted = await recordMessages(link, accountDeleted);
});

afterAll(async () => {
  await running.stop();
  await stores.stop();
});

describe('sessions', () => {
  it('are listed to their owner alone, the newest first', async () => {
    const person = await signUp(running);
    const other = await logInAgain(running, person);
    await signUp(running);
    const { body } = await other.send('listSessions');
    expect(body.items.map(({ current }) => current)).toEqual([true, false]);
    expect(body.items[1]?.sessionId).toBe(person.session.sessionId);
  });

  it('end one by one, at once and with a word to who holds a stream', async () => {
    const person = await signUp(running);
    const other = await logInAgain(running, person);
    const { sessionId } = person.session;
    expect((await other.send('revokeSession', { params: { sessionId } })).status).toBe(204);
    expect((await person.client.send('listSessions')).status).toBe(401);
    expect((await other.send('listSessions')).status).toBe(200);
    expect(await revoked.first(({ sessionIds }) => sessionIds.includes(sessionId), 2000)).toMatchObject({
      userId: person.session.account.userId,
      reason: 'revoked',
    });
  });

  it('of somebody else, or that never were, are not there', async () => {
    const [a, b] = [await signUp(running), await signUp(running)];
    for (const sessionId of [a.session.sessionId, randomUUID()]) {
      expect((await b.client.send('revokeSession', { params: { sessionId } })).status).toBe(404);
    }
    expect((await a.client.send('listSessions')).status).toBe(200);
  });

  it('all but the present one end together', async () => {
    const person = await signUp(running);
    const others = [await logInAgain(running, person), await logInAgain(running, person)];
    expect((await person.client.send('revokeOtherSessions')).body).toEqual({ revoked: 2 });
    for (const other of others) expect((await other.send('listSessions')).status).toBe(401);
    expect((await person.client.send('listSessions')).body.items).toHaveLength(1);
  });

  it('end at log-out, cookie and all', async () => {
    const { client } = await signUp(running);
    const before = client.cookie;
    expect((await client.send('logOut')).status).toBe(204);
    expect(client.cookie).toBe('');
    client.cookie = before;
    expect((await client.send('listSessions')).status).toBe(401);
  });

  it('last longer when they are used, at most until their absolute end', async () => {
    const limits = { SESSION_IDLE_S: '3600', SESSION_ABSOLUTE_S: '3601', LOGIN_LIMIT: '100', SIGNUP_LIMIT: '100' };
    const long = await startAuth(stores, limits);
    const { client, session } = await signUp(long);
    const opened = Date.parse(session.createdAt);
    expect(Date.parse(session.idleExpiresAt) - opened).toBeLessThanOrEqual(3_600_000);
    expect(Date.parse(session.expiresAt) - opened).toBe(3_601_000);
    // once a second has passed, an hour from now is beyond the absolute end
    await eventually(async () => {
      const { session: used } = (await client.send('readSession')).body;
      expect(used?.idleExpiresAt).toBe(session.expiresAt);
    });
    await long.stop();
  });

  it('end at their absolute end, however much they are used', async () => {
    const limits = { SESSION_IDLE_S: '3600', SESSION_ABSOLUTE_S: '2', LOGIN_LIMIT: '100', SIGNUP_LIMIT: '100' };
    const brief = await startAuth(stores, limits);
    const { client } = await signUp(brief);
    await eventually(async () => expect((await client.send('readSession')).body.session).toBeNull());
    expect((await client.send('listSessions')).status).toBe(401);
    await brief.stop();
  });
});

describe('a change of password', () => {
  it('gives this session a new secret, ends the others and is told', async () => {
    const person = await signUp(running);
    const other = await logInAgain(running, person);
    const before = person.client.cookie;
    const newPassword = 'another tree & another river';
    const { status, body } = await person.client.send('changePassword', {
      body: { currentPassword: person.password, newPassword },
    });
    expect(status).toBe(200);
    expect(body.sessionId).toBe(person.session.sessionId);
    expect(person.client.cookie).not.toBe(before);
    expect((await person.client.send('listSessions')).body.items).toHaveLength(1);
    expect((await other.send('listSessions')).status).toBe(401);
    const stolen = authClient(running);
    stolen.cookie = before;
    expect((await stolen.send('listSessions')).status).toBe(401);
    const { userId } = body.account;
    expect(await changed.first((data) => data.userId === userId)).toMatchObject({ version: 2, revokedSessions: 1 });
    const logIn = async (password: string) =>
      (await authClient(running).send('logIn', { body: { login: person.handle, password } })).status;
    expect([await logIn(person.password), await logIn(newPassword)]).toEqual([401, 201]);
  });

  it('wants the present password and a strong new one, and else changes nothing', async () => {
    const { client, handle, password } = await signUp(running);
    const other = 'another tree & another river';
    const change = async (currentPassword: string, newPassword: string) =>
      (await client.send('changePassword', { body: { currentPassword, newPassword } })).problem.code;
    expect(await change('wrong', other)).toBe('wrong_credentials');
    expect(await change(password, 'password123')).toBe('weak_password');
    const login = await authClient(running).send('logIn', { body: { login: handle, password } });
    expect(login.status).toBe(201);
  });

  it('leaves no session that was opened with the old password at the same moment', async () => {
    const person = await signUp(running);
    const { handle: login, password } = person;
    const clients = Array.from({ length: 8 }, () => authClient(running));
    await Promise.all([
      person.client.send('changePassword', {
        body: { currentPassword: password, newPassword: 'another tree & another river' },
      }),
      ...clients.map(async (client) => await client.send('logIn', { body: { login, password } })),
    ]);
    for (const client of clients) expect((await client.send('listSessions')).status).toBe(401);
    expect((await person.client.send('listSessions')).body.items).toHaveLength(1);
  });

  it('at the same moment as another one happens once', async () => {
    const { client, password } = await signUp(running);
    const answers = await Promise.all(
      ['one', 'two'].map(
        async (word) =>
          await client.send('changePassword', {
            body: { currentPassword: password, newPassword: `${word} tree & ${word} river` },
          }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('the deletion of an account', () => {
  it('ends its sessions, forgets it, is told, and keeps its handle from others', async () => {
    const person = await signUp(running);
    const other = await logInAgain(running, person);
    expect((await person.client.send('deleteAccount', { body: { password: 'wrong' } })).status).toBe(401);
    expect((await person.client.send('deleteAccount', { body: { password: person.password } })).status).toBe(204);
    expect(person.client.cookie).toBe('');
    expect((await other.send('listSessions')).status).toBe(401);
    const { userId } = person.session.account;
    expect(await deleted.first((data) => data.userId === userId)).toMatchObject({ version: 2, handle: person.handle });
    expect(await revoked.first((data) => data.userId === userId && data.reason === 'account_deleted')).toBeDefined();
    const rows = await running.service.db.selectFrom('account').selectAll().where('user_id', '=', userId).execute();
    expect(rows).toEqual([]);
    const login = await authClient(running).send('logIn', { body: { login: person.email, password: person.password } });
    expect(login.status).toBe(401);
    const successor = { ...newPerson(person.handle), email: 'successor@example.org' };
    expect((await authClient(running).send('signUp', { body: successor })).problem.code).toBe('handle_taken');
    const { status } = await authClient(running).send('signUp', { body: { ...newPerson(), email: person.email } });
    expect(status).toBe(201);
  });

  it('leaves no session that was opened at the same moment', async () => {
    const person = await signUp(running);
    const { handle: login, password, session } = person;
    const clients = Array.from({ length: 8 }, () => authClient(running));
    await Promise.all([
      person.client.send('deleteAccount', { body: { password } }),
      ...clients.map(async (client) => await client.send('logIn', { body: { login, password } })),
    ]);
    for (const client of clients) expect((await client.send('listSessions')).status).toBe(401);
    expect(await stores.adminRedis.zrange(`session:user:${session.account.userId}`, '0', '-1')).toEqual([]);
  });
});
