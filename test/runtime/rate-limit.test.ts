import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningRedis } from '#local';
import { rateHeaders, rateLimiter } from '#runtime';
import { startRedis } from '#test-support/redis';

let server: RunningRedis;
let clients: readonly [Redis, Redis];

beforeAll(async () => {
  server = await startRedis();
  clients = [new Redis(server.url), new Redis(server.url)];
});

afterAll(async () => {
  clients.forEach((client) => client.disconnect());
  await server.stop();
});

describe('the limiter', () => {
  it('lets exactly 5 of 50 concurrent calls of two replicas through a limit of 5', async () => {
    const limiters = clients.map((client) => rateLimiter(client, 'auth'));
    const rule = { name: 'login', limit: 5, windowSeconds: 60 };
    const decisions = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => await limiters[i % 2]?.(rule, '10.0.0.1')),
    );
    expect(decisions.filter((decision) => decision?.allowed)).toHaveLength(5);
    const remaining = decisions.flatMap((decision) => (decision?.allowed === true ? [decision.remaining] : []));
    expect(remaining.sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('counts each key, rule and service alone', async () => {
    const rule = { name: 'one', limit: 1, windowSeconds: 60 };
    const [client] = clients;
    const take = rateLimiter(client, 'auth');
    expect((await take(rule, 'a')).allowed).toBe(true);
    expect((await take(rule, 'a')).allowed).toBe(false);
    expect((await take(rule, 'b')).allowed).toBe(true);
    expect((await take({ ...rule, name: 'two' }, 'a')).allowed).toBe(true);
    expect((await rateLimiter(client, 'stats')(rule, 'a')).allowed).toBe(true);
  });

  it('slides: a place comes free when the oldest leaves the window, not before, and refusals do not count', async () => {
    const take = rateLimiter(clients[0], 'slide');
    const rule = { name: 'beat', limit: 2, windowSeconds: 0.4 };
    const startedAt = performance.now();
    await take(rule, 'k');
    await take(rule, 'k');
    let refusals = 0;
    while (!(await take(rule, 'k')).allowed) refusals += 1;
    expect(refusals).toBeGreaterThan(1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(395);
  });

  it('leaves keys that end by themselves and hold no address', async () => {
    const [client] = clients;
    await rateLimiter(client, 'expiry')({ name: 'all', limit: 9, windowSeconds: 30 }, '203.0.113.7');
    const keys = await client.keys('rl:expiry:*');
    expect(keys).toHaveLength(1);
    expect(keys.join()).not.toContain('203.0.113.7');
    expect(await client.pttl(keys[0] ?? '')).toBeGreaterThan(29_000);
  });

  it('tells the client in headers', async () => {
    const take = rateLimiter(clients[0], 'headers');
    const rule = { name: 'login', limit: 1, windowSeconds: 300 };
    expect(rateHeaders(await take(rule, 'k'))).toEqual({
      'RateLimit-Policy': '1;w=300',
      'RateLimit-Limit': '1',
      'RateLimit-Remaining': '0',
      'RateLimit-Reset': '300',
    });
    const refused = rateHeaders(await take(rule, 'k'));
    expect(Number(refused['Retry-After'])).toBeGreaterThan(298);
    expect(Number(refused['Retry-After'])).toBeLessThanOrEqual(300);
  });
});
