import { describe, expect, it } from 'vitest';
import { brokenForms, requiredSecrets } from '#manifests';

function keysOf(env: readonly object[]) {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'shop' },
    spec: { containers: [{ name: 'main', image: 'x:1', env }] },
  };
  const [secret] = requiredSecrets([pod]);
  return Object.fromEntries((secret?.keys ?? []).map(({ key, forms }) => [key, forms]));
}

const key = (name: string, of: string) => ({ name, valueFrom: { secretKeyRef: { name: 'keys', key: of } } });

describe('forms of a secret value', () => {
  it('follow from where a container puts the value', () => {
    expect(
      keysOf([
        key('DB_PASS', 'db'),
        key('NATS_RAW', 'nats'),
        key('TOKEN', 'token'),
        key('BOTH', 'both'),
        { name: 'DATABASE_URL', value: 'postgresql://app:$(DB_PASS)@postgres:5432/app' },
        { name: 'NATS_PASSWORD', value: '"$(NATS_RAW)"' },
        { name: 'AUTHORIZATION', value: 'Bearer $(TOKEN)' },
        { name: 'HOOK', value: 'https://hooks.example/$(BOTH)?a=1' },
        { name: 'CONFIG', value: 'a: "b", c: "$(BOTH)"' },
      ]),
    ).toEqual({ db: ['url'], nats: ['quoted'], token: undefined, both: ['quoted', 'url'] });
  });

  it('are none for an escaped name, and for a value that stands alone or after the quotes', () => {
    const env = [key('A', 'a'), { name: 'B', value: '"x" $(A)' }, { name: 'C', value: '$(A)' }];
    expect(keysOf(env)).toEqual({ a: undefined });
    expect(keysOf([key('A', 'a'), { name: 'B', value: 'https://$$(A)' }])).toEqual({ a: undefined });
    expect(keysOf([key('A', 'a'), { name: 'B', value: 'https://$$$(A)' }])).toEqual({ a: ['url'] });
  });
});

describe('brokenForms', () => {
  it.each([
    ['5e3', [], []],
    ['a_b-c.d~E9', [], []],
    ['$1 two', [], ['url']],
    ['p@ss', [], ['url']],
    ['50%', [], ['url']],
    ['über', [], ['url']],
    ['say "x"', ['quoted'], ['url']],
    ['back\\slash', ['quoted'], ['url']],
    ['line\n', ['quoted'], ['url']],
    ['', ['quoted'], ['url']],
  ])('judges %j', (value, quoted, url) => {
    expect(brokenForms(value, ['quoted'])).toEqual(quoted);
    expect(brokenForms(value, ['url'])).toEqual(url);
  });
});
