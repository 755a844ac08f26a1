import { describe, expect, it } from 'vitest';
import { declareService } from '#declare';
import { settingsOf } from '#runtime/settings';

const orders = declareService({ name: 'orders', env: [] });

function refused(config: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    settingsOf(orders, config);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('settings', () => {
  it('have defaults for everything', () => {
    expect(refused({})).toEqual([]);
    expect(settingsOf(orders, {})).toMatchObject({ logLevel: 'info', trustProxyHops: 1, graceMs: 25_000 });
  });

  it('names every value that cannot be used, with its rule', () => {
    expect(refused({ LOG_LEVEL: 'verbose', TRUST_PROXY_HOPS: -1, DB_POOL_MAX: 0, START_DEADLINE_S: 0.5 })).toEqual([
      'orders env LOG_LEVEL is "verbose", must be one of trace, debug, info, warn, error, fatal, silent: correct the declaration or what sets it',
      'orders env TRUST_PROXY_HOPS is -1, must be a whole number from 0: correct the declaration or what sets it',
      'orders env START_DEADLINE_S is 0.5, must be a whole number from 1 to 86400: correct the declaration or what sets it',
      'orders env DB_POOL_MAX is 0, must be a whole number from 1: correct the declaration or what sets it',
    ]);
  });

  it.each([
    ['DATABASE_URL', 'mysql://orders:hidden@db/shop', 'a URL that begins with postgres:// or postgresql://'],
    ['DATABASE_URL', 'postgresql://orders:hidden#@db:port/shop', 'a URL that begins with postgres:// or postgresql://'],
    ['NATS_URL', 'http://hidden', 'a URL that begins with nats:// or tls:// or ws:// or wss://'],
    ['REDIS_URL', 'hidden:6379', 'a URL that begins with redis:// or rediss://'],
  ])('refuses %s %s without showing it', (variable, value, rule) => {
    const [line = ''] = refused({ [variable]: value });
    expect(line).toBe(`orders env ${variable} is not valid, must be ${rule}: correct the declaration or what sets it`);
  });

  it('accepts several servers of NATS', () => {
    expect(refused({ NATS_URL: 'nats://a:4222,tls://b:4222' })).toEqual([]);
  });
});
