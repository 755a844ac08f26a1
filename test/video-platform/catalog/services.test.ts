import { describe, expect, test } from 'vitest';
import { SECRET_KEYS, SECRET_NAME, SERVICES } from '#catalog';
import { SERVICE_NAMES } from '#contracts';
import { readRenditionLadder } from '#catalog';
import { expandContainerEnv, readConfig, renderEnv } from '#declare';

const GIVEN = { APP_VERSION: '1.2.3', PUBLIC_ORIGIN: 'https://video.example.org' };

/** What the kubelet would get from the downward API and the Secret. */
function resolve(entry: { readonly name: string }): string {
  return entry.name === 'POD_NAMESPACE' ? 'video-service' : `${entry.name.toLowerCase()}-of-the-cluster`;
}

test('each API has a declaration, in a file of its own', () => {
  expect(SERVICES.map((service) => service.name).sort()).toEqual(SERVICE_NAMES.toSorted());
  expect(new Set(SERVICES.map((service) => service.file)).size).toBe(SERVICES.length);
});

test('each message is published by one service at the most', () => {
  const subjects = SERVICES.flatMap((service) => service.publishes.map((message) => message.subject));
  expect(new Set(subjects).size).toBe(subjects.length);
});

test('exactly queue provisions, and only it reads or deletes by sequence', () => {
  expect(SERVICES.filter((s) => s.jetstream.provisions).map((s) => s.name)).toEqual(['queue']);
  const others = SERVICES.filter((s) => s.name !== 'queue');
  expect(others.map((s) => s.jetstream)).toEqual(others.map(() => ({})));
});

test('only auth writes sessions', () => {
  const writers = SERVICES.filter((s) => s.redisKeys?.writes.includes('session:*'));
  expect(writers.map((s) => s.name)).toEqual(['auth']);
  for (const s of SERVICES.filter((other) => other.name !== 'auth')) expect(s.redisKeys?.reads).toEqual(['session:*']);
});

describe.each(SERVICES.map((service) => [service.name, service] as const))('%s', (name, service) => {
  const entries = renderEnv(service.env, GIVEN);
  const expanded = expandContainerEnv({ env: entries, resolve });

  test('has twenty variables or more', () => {
    expect(service.env.length).toBeGreaterThanOrEqual(20);
  });

  test('has its name in its route, schema, login and keys', () => {
    expect(service.route).toBe(`/api/${name}`);
    expect(service.databaseSchema).toBe(name);
    expect(expanded.values).toMatchObject({
      SERVICE_NAME: name,
      DB_USER: name,
      DB_SCHEMA: name,
      NATS_USER: name,
      NATS_INBOX_PREFIX: `_INBOX_${name}`,
      REDIS_USER: name,
      REDIS_PREFIX: `${name}:`,
    });
    expect(service.redisKeys?.writes).toEqual(expect.arrayContaining([`${name}:*`, `rl:${name}:*`]));
  });

  test('leaves no reference unexpanded', () => {
    expect(Object.values(expanded.values).filter((value) => value.includes('$('))).toEqual([]);
    expect(expanded.values.DATABASE_URL).toBe(
      `postgresql://${name}:db_pass-of-the-cluster@postgres:5432/video?application_name=${name}`,
    );
    expect(expanded.values.NATS_CLIENT_NAME).toBe(`${name}.video-service.pod_name-of-the-cluster`);
  });

  test('reaches the stores at the names that the original used', () => {
    expect(expanded.values).toMatchObject({
      NATS_URL: 'nats://nats.video-service.svc.cluster.local:4222',
      REDIS_URL: 'redis://redis.video-service.svc.cluster.local:6379',
    });
  });

  test('reads as config what it declares', () => {
    const config = readConfig(service.env, expanded.values);
    expect(config).toMatchObject({ DB_PORT: 5432, TRUST_PROXY_HOPS: 1, LOG_LEVEL: 'info', ...GIVEN });
  });

  test('takes every secret from the one Secret, by a key that is listed', () => {
    const refs = service.env.flatMap((v) => (v.source.kind === 'secret' ? [v.source.ref] : []));
    expect(refs.length).toBeGreaterThanOrEqual(3);
    for (const ref of refs) {
      expect(ref.name).toBe(SECRET_NAME);
      expect(SECRET_KEYS).toContain(ref.key);
    }
  });

  test('refuses an origin that has a path', () => {
    const values = { ...expanded.values, PUBLIC_ORIGIN: 'https://video.example.org/' };
    expect(() => readConfig(service.env, values)).toThrow(/PUBLIC_ORIGIN/);
  });
});

test('no two services share a credential but the halves of the upload ticket’s key', () => {
  const keys = SERVICES.flatMap((s) => s.env.flatMap((v) => (v.source.kind === 'secret' ? [v.source.ref.key] : [])));
  expect(new Set(keys).size).toBe(keys.length);
});

test('a ladder of renditions reads from the smallest step to the largest', () => {
  expect(readRenditionLadder('720p:2800k, 240p:400k')).toEqual([
    { height: 240, kilobitsPerSecond: 400 },
    { height: 720, kilobitsPerSecond: 2800 },
  ]);
  expect(() => readRenditionLadder('720p')).toThrow('must list steps such as 360p:800k');
});
