import { describe, expect, it } from 'vitest';
import { localizeAddresses } from '../../src/local/cluster-addresses.ts';

const addresses = [
  { service: 'postgres', namespace: 'shop', port: 5432, localPort: 1 },
  { service: 'nats', namespace: 'shop', port: 4222, localPort: 2 },
];
const localize = (env: Record<string, string>, namespace = 'shop') => localizeAddresses(env, addresses, namespace);

describe('localizeAddresses', () => {
  it.each([
    ['nats://nats.shop.svc.cluster.local:4222', 'nats://127.0.0.1:2'],
    ['nats://nats.shop.svc:4222,nats://nats.shop:4222', 'nats://127.0.0.1:2,nats://127.0.0.1:2'],
    ['tls://nats:4222,tls://nats.shop:4222', 'nats://127.0.0.1:2,nats://127.0.0.1:2'],
    ['postgresql://u:p@postgres:5432/db', 'postgresql://u:p@127.0.0.1:1/db'],
  ])('replaces each way to name a Service with its port: %s', (value, local) => {
    expect(localize({ URL: value })).toEqual({ URL: local });
  });

  it.each([
    'postgres:54320',
    'my-postgres:5432',
    'tls://my-nats:4222',
    'postgres',
    'nats.other.svc.cluster.local:4222',
    'x.nats:4222',
  ])('leaves what is no address of a Service: %s', (value) => {
    expect(localize({ URL: value })).toEqual({ URL: value });
  });

  it('leaves a short name to pods of the same namespace', () => {
    expect(localize({ URL: 'postgres:5432' }, 'other')).toEqual({ URL: 'postgres:5432' });
  });

  it('replaces a host and its port that stand in two variables', () => {
    expect(localize({ DB_HOST: 'postgres', DB_PORT: '5432', DB_NAME: 'postgres' })).toEqual({
      DB_HOST: '127.0.0.1',
      DB_PORT: '1',
      DB_NAME: 'postgres',
    });
  });

  it('leaves a host whose port variable names another port', () => {
    const env = { DB_HOST: 'postgres', DB_PORT: '6432' };
    expect(localize(env)).toEqual(env);
  });
});
