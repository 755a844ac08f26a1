import { afterEach, expect, it, vi } from 'vitest';
import { assertStores } from '../../src/testing/test-servers.ts';

/** Programs that this machine has. */
const present: string[] = [];
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    accessSync: (path: string) => {
      if (!present.some((name) => path.endsWith(`/${name}`))) throw new Error('ENOENT');
    },
    statSync: () => ({ isFile: () => true }),
  };
});

afterEach(() => {
  present.length = 0;
  vi.unstubAllEnvs();
});

it('needs the programs of the stores', () => {
  vi.stubEnv('TEST_DATABASE_URL', '');
  vi.stubEnv('TEST_REDIS_URL', '');
  expect(() => assertStores(['postgres', 'redis'])).toThrow('postgres, redis-server: not installed');
  present.push('postgres', 'redis-server');
  expect(() => assertStores(['postgres', 'redis'])).not.toThrow();
});

it('needs psql alone where the environment names the servers', () => {
  vi.stubEnv('TEST_DATABASE_URL', 'postgresql://db');
  vi.stubEnv('TEST_REDIS_URL', 'redis://cache');
  vi.stubEnv('TEST_NATS_URL', 'nats://nats');
  expect(() => assertStores(['postgres', 'redis', 'nats'])).toThrow(
    'psql: not installed: put each on PATH (Debian: apt-get install postgresql-client), or set install: true',
  );
  present.push('psql');
  expect(() => assertStores(['postgres', 'redis', 'nats'])).not.toThrow();
});
