import { describe, expect, it } from 'vitest';
import { connectionsOf } from '#constructs';
import type { RawEnv } from '#env';

const secret = (name: string): RawEnv => ({ name, valueFrom: { secretKeyRef: { name: 'shop', key: 'x' } } });
const literal = (name: string, value: string): RawEnv => ({ name, value });
const dialled = (...entries: RawEnv[]) =>
  connectionsOf(entries, 'shop').map(({ host, port, from }) => `${from} ${host}:${port}`);

describe('connectionsOf', () => {
  it.each([
    ['nats', 'nats://nats.shop.svc.cluster.local:4222', 'nats.shop.svc.cluster.local', 'nats', 4222],
    ['postgresql', 'postgresql://me:pw@postgres/shop?application_name=a', 'postgres', 'postgres', 5432],
    ['postgresql', 'jdbc:postgresql://postgres:5433/shop', 'postgres', 'postgres', 5433],
    ['redis', 'redis://redis.shop:6379/0', 'redis.shop', 'redis', 6379],
    ['rediss', 'rediss://redis.shop.svc', 'redis.shop.svc', 'redis', 6379],
    ['http', 'HTTP://web:8080/path', 'web', 'web', 8080],
    ['nats', 'nats://nats-0.nats-headless.shop.svc:4222', 'nats-0.nats-headless.shop.svc', 'nats-headless', 4222],
  ])('reads a %s URL such as %s', (scheme, value, host, service, port) => {
    expect(connectionsOf([literal('X_URL', value)], 'shop')).toEqual([
      { host, service, namespace: 'shop', port, from: 'X_URL', scheme, assumed: false },
    ]);
  });

  it.each(['db.example.com', '10.0.0.7', 'shop.example', 'a.b.c.svc.example'])('takes %s for outside', (host) => {
    const [connection] = connectionsOf([literal('DATABASE_URL', `postgresql://${host}:5432/x`)], 'shop');
    expect(connection).toMatchObject({ host, service: undefined, namespace: undefined, port: 5432 });
  });

  it('finds a Service of another namespace by its full name, and by its short one where the namespace is known', () => {
    const entries = [literal('A_URL', 'http://a.tools.svc:8000'), literal('B_URL', 'http://b.tools:8000')];
    expect(connectionsOf(entries, 'shop').map(({ service, namespace }) => [service, namespace])).toEqual([
      ['a', 'tools'],
      [undefined, undefined],
    ]);
    expect(connectionsOf(entries, 'shop', { namespaces: ['tools'] })[1]).toMatchObject({
      service: 'b',
      namespace: 'tools',
    });
  });

  it('reads pairs of host and port, and addresses', () => {
    expect(
      dialled(
        literal('DB_HOST', 'postgres'),
        literal('DB_PORT', '5432'),
        literal('PGHOST', 'archive'),
        literal('PGPORT', '5433'),
        literal('KAFKA_BROKERS', 'kafka-a:9092,kafka-b:9092'),
        literal('MAIL_HOST', 'mail'),
      ),
    ).toEqual([
      'DB_HOST postgres:5432',
      'PGHOST archive:5433',
      'KAFKA_BROKERS kafka-a:9092',
      'KAFKA_BROKERS kafka-b:9092',
    ]);
  });

  it('reads each URL of a list', () => {
    expect(dialled(literal('NATS_URL', 'nats://a:4222,nats://b'))).toEqual(['NATS_URL a:4222', 'NATS_URL b:4222']);
  });

  it('reads values as they are after expansion', () => {
    expect(
      dialled(
        literal('DB_HOST', 'postgres'),
        secret('DB_PASS'),
        literal('CONNECTION', 'postgresql://me:$(DB_PASS)@$(DB_HOST):5432/shop'),
      ),
    ).toEqual(['CONNECTION postgres:5432']);
  });

  it('sees no host that comes from a Secret', () => {
    expect(dialled(secret('DB_HOST'), literal('X_URL', 'postgresql://$(DB_HOST):5432/shop'))).toEqual([]);
  });

  it('supposes the customary store behind a URL that comes from a Secret', () => {
    expect(connectionsOf([secret('DATABASE_URL'), secret('OTHER_URL')], 'shop')).toEqual([
      expect.objectContaining({ service: 'postgres', namespace: 'shop', port: 5432, assumed: true }),
    ]);
  });

  it.each([
    'http://localhost:8080',
    'http://127.0.0.1:1',
    'redis://[::1]:6379',
    'video.process',
    '240p:400k',
    'auth:',
    '',
  ])('takes %s for no connection', (value) => {
    expect(dialled(literal('X_URL', value), literal('LISTEN_HOST', '0.0.0.0'), literal('LISTEN_PORT', '1'))).toEqual(
      [],
    );
  });
});
