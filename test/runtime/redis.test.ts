import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningRedis } from '#local';
import { openRedis } from '#runtime/redis';
import { createLogger } from '#runtime';
import { startRedis } from '#test-support/redis';

let server: RunningRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  const log = createLogger({ service: 'test', version: '0', level: 'silent' });
  redis = await openRedis({ url: server.url, user: '', password: '', name: 'test', deadlineMs: 10_000, log });
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

it('holds the commands of one turn back and sends them in one write, each with its own answer', async () => {
  const before = redis.stream.bytesWritten;
  const answers = Array.from({ length: 20 }, async (_, i) => await redis.incrby('count', i));
  expect(redis.stream.writableCorked).toBe(1);
  expect(redis.stream.writableLength).toBeGreaterThan(0);
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 20 }, (_, i) => (i * (i + 1)) / 2));
  expect(redis.stream.writableCorked).toBe(0);
  expect(redis.stream.bytesWritten).toBeGreaterThan(before);
});

it('sends a transaction and what stands beside it', async () => {
  const [transaction, beside] = await Promise.all([redis.multi().set('a', '1').incr('a').exec(), redis.get('count')]);
  expect(transaction).toEqual([
    [null, 'OK'],
    [null, 2],
  ]);
  expect(beside).toBe('190');
});

it('fails one command of a turn without the others', async () => {
  await redis.set('text', 'x');
  const outcomes = await Promise.allSettled([redis.get('text'), redis.incr('text'), redis.get('text')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('makes a new connection when the server takes no writes any more', async () => {
  const before = await redis.client('ID');
  const admin = new Redis(server.url);
  await admin.replicaof('127.0.0.1', 1);
  const ready = new Promise<void>((resolve) => redis.once('ready', resolve));
  await expect(redis.set('text', 'y')).rejects.toThrow(/^READONLY/);
  await ready;
  expect(await redis.client('ID')).not.toBe(before);
  await admin.replicaof('NO', 'ONE');
  expect(await redis.set('text', 'x')).toBe('OK');
  admin.disconnect();
});

it('holds nothing back for ever across a reconnect', async () => {
  const ready = new Promise<void>((resolve) => redis.once('ready', resolve));
  const lost = redis.get('text');
  redis.stream.destroy();
  await expect(lost).rejects.toThrow(/max retries per request/);
  await ready;
  expect(await redis.get('text')).toBe('x');
});
