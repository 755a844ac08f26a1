import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auth } from '#catalog';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { authClient, newPerson, startAuth, WIDE_LIMITS, type RunningAuth } from './running-auth.ts';

let stores: ServiceStores;
let replicas: readonly [RunningAuth, RunningAuth];

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  replicas = [await startAuth(stores, {}), await startAuth(stores, {})];
});

afterAll(async () => {
  await Promise.all(replicas.map(async (replica) => await replica.stop()));
  await stores.stop();
});

describe('limits of auth', () => {
  it('are in production 15 log-ins and 2 sign-ups in 5 minutes', () => {
    const { LOGIN_LIMIT, LOGIN_WINDOW_S, SIGNUP_LIMIT, SIGNUP_WINDOW_S } = replicas[0].service.config;
    expect({ LOGIN_LIMIT, LOGIN_WINDOW_S, SIGNUP_LIMIT, SIGNUP_WINDOW_S }).toEqual({
      ...{ LOGIN_LIMIT: 15, LOGIN_WINDOW_S: 300, SIGNUP_LIMIT: 2, SIGNUP_WINDOW_S: 300 },
    });
  });

  it('let 15 of 20 log-ins at one moment from one address through, over two replicas', async () => {
    const attempts = Array.from({ length: 20 }, async (_, i) => {
      const client = authClient(replicas[i % 2 === 0 ? 0 : 1], '203.0.113.7');
      return await client.send('logIn', { body: { login: `nobody${i}`, password: 'wrong' } });
    });
    const answers = await Promise.all(attempts);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(15);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    for (const { headers, problem } of refused) {
      expect(problem.code).toBe('rate_limited');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(290);
      expect(headers.get('ratelimit-remaining')).toBe('0');
    }
  });

  it('count all requests of one IPv6 customer, who has a /64, together', async () => {
    const limited = await startAuth(stores, { RATE_LIMIT: '3', RATE_WINDOW_S: '300' });
    const statuses: number[] = [];
    for (const address of [
      '2001:db8:7:7::1',
      '2001:db8:7:7::2',
      '2001:db8:7:7:a::1',
      '2001:db8:7:7:ffff::',
      '2001:db8:7:8::1',
    ]) {
      statuses.push((await authClient(limited, address).send('readSession')).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 200]);
    await limited.stop();
  });

  it('hold for one account from many addresses, however it is named, known or not', async () => {
    const person = newPerson();
    await authClient(replicas[0]).send('signUp', { body: person });
    for (const names of [[person.handle, person.email], ['nobody_at_all']]) {
      const statuses: number[] = [];
      for (let i = 0; i < 16; i += 1) {
        const client = authClient(replicas[i % 2 === 0 ? 0 : 1]);
        const login = names[i % names.length] ?? '';
        const text = i % 3 === 0 ? login.toUpperCase() : login;
        statuses.push((await client.send('logIn', { body: { login: text, password: 'wrong' } })).status);
      }
      expect(statuses).toEqual([...Array.from({ length: 15 }, () => 401), 429]);
    }
  });

  it('let two sign-ups from one address through, over two replicas; a weak password does not count', async () => {
    const address = '203.0.113.8';
    const weak = { ...newPerson(), password: 'Password123!' };
    const [a, b] = [authClient(replicas[0], address), authClient(replicas[1], address)];
    expect((await a.send('signUp', { body: weak })).status).toBe(422);
    expect((await a.send('signUp', { body: newPerson() })).status).toBe(201);
    expect((await b.send('signUp', { body: newPerson() })).status).toBe(201);
    expect((await a.send('signUp', { body: newPerson() })).status).toBe(429);
    expect((await authClient(replicas[0], '203.0.113.9').send('signUp', { body: newPerson() })).status).toBe(201);
  });

  it('count an IPv6 network as one address', async () => {
    const statuses: number[] = [];
    for (const host of ['1', 'ffff', 'a:b:c:d']) {
      const client = authClient(replicas[0], `2001:db8:7:7:${host === 'a:b:c:d' ? '' : ':'}${host}`);
      statuses.push((await client.send('signUp', { body: newPerson() })).status);
    }
    expect(statuses).toEqual([201, 201, 429]);
  });

  it('are widened by the environment alone', async () => {
    expect(auth.env.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(WIDE_LIMITS)));
  });
});

describe('log-in without Redis', () => {
  it('is 503 with its name and when to try again; the process lives', async () => {
    const [replica] = replicas;
    const client = authClient(replica);
    await stores.redis.stop();
    const { status, problem, headers } = await client.send('logIn', {
      body: { login: 'somebody', password: 'secret' },
    });
    expect(status).toBe(503);
    expect(problem).toMatchObject({ code: 'unavailable', dependency: 'redis' });
    expect(headers.get('retry-after')).not.toBeNull();
    expect((await client.send('signUp', { body: newPerson() })).status).toBe(503);
    client.cookie = `sid=${'C'.repeat(43)}`;
    expect((await client.send('readSession')).status).toBe(503);
    expect((await fetch(`${replica.url}/livez`)).status).toBe(200);
  });
});
