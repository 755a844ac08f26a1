import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { call, queryClient, userApi } from '../../../web/src/api/index.ts';
import { useSession } from '../../../web/src/stores/session.ts';
import { json, problem, startOrigin, type Origin } from '../support/origin.ts';
import { SESSION } from '../support/session.ts';

let origin: Origin;

beforeEach(async () => {
  setActivePinia(createPinia());
  origin = await startOrigin((_, response) => json(response, 200, { session: SESSION }));
});
afterEach(() => origin.close());

test('asks once who is logged in', async () => {
  const session = useSession();
  await Promise.all([session.ready(), session.ready()]);
  await session.ready();
  expect(origin.received).toHaveLength(1);
  expect(session.account?.handle).toBe('ada');
  expect(session.isAdmin).toBe(false);
});

test('knows nothing while auth is away, and asks again', async () => {
  origin.answer = (_, response) => json(response, 503, problem(503, 'unavailable', { dependency: 'redis' }));
  const session = useSession();
  await session.ready();
  expect([session.known, session.loggedIn]).toEqual([false, false]);
  origin.answer = (_, response) => json(response, 200, { session: SESSION });
  await session.ready();
  expect([session.known, session.loggedIn]).toEqual([true, true]);
});

test('forgets on log-in what was read as somebody else', async () => {
  origin.answer = (_, response) => json(response, 201, SESSION);
  queryClient.setQueryData(['video', 'listFeed'], 'of a stranger');
  const session = useSession();
  await session.logIn({ login: 'ada', password: 'x' });
  expect(session.loggedIn).toBe(true);
  expect(queryClient.getQueryData(['video', 'listFeed'])).toBeUndefined();
});

test('a wrong password leaves everything as it is', async () => {
  const session = useSession();
  await session.ready();
  origin.answer = (_, response) => json(response, 401, problem(401, 'wrong_credentials'));
  await expect(session.changePassword({ currentPassword: 'x', newPassword: 'long enough' })).rejects.toThrow();
  expect(session.loggedIn).toBe(true);
});

test('ends when any service says that there is no session', async () => {
  const session = useSession();
  await session.ready();
  origin.answer = (_, response) => json(response, 401, problem(401, 'no_session'));
  await expect(call(userApi, 'readMe')).rejects.toThrow();
  expect([session.loggedIn, session.ended]).toEqual([false, 'expired']);
});

test('logging out of a session that is gone already is no fault', async () => {
  const session = useSession();
  await session.ready();
  origin.answer = (_, response) => json(response, 401, problem(401, 'no_session'));
  await session.logOut();
  expect(session.loggedIn).toBe(false);
});

test('stays logged in when logging out did not work', async () => {
  const session = useSession();
  await session.ready();
  origin.answer = (_, response) => json(response, 503, problem(503, 'unavailable'));
  await expect(session.logOut()).rejects.toThrow();
  expect(session.loggedIn).toBe(true);
});
