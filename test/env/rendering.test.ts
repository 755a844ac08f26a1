import { describe, expect, test } from 'vitest';
import { DeclarationError, Env, formatFault, renderEnv, secretKeys, tryRenderEnv, type EnvVariable } from '#env';

const secrets = secretKeys('app-secrets');

function told(variables: readonly EnvVariable[], given: Readonly<Record<string, string>> = {}): string[] {
  return tryRenderEnv(variables, given, { place: 'auth' }).faults.map(formatFault);
}

describe('a declared variable is rendered in the shape of Kubernetes', () => {
  test.each<[string, EnvVariable, object]>([
    ['a text', Env.value('A', 'a'), { value: 'a' }],
    ['a number', Env.value('A', 600), { value: '600' }],
    ['a switch', Env.value('A', false), { value: 'false' }],
    ['an empty text', Env.value('A', ''), { value: '' }],
    [
      'a key of a Secret',
      Env.secret('A', secrets.key('k')),
      { valueFrom: { secretKeyRef: { name: 'app-secrets', key: 'k' } } },
    ],
    [
      'an optional key of a Secret',
      Env.secret('A', { name: 's', key: 'k', optional: true }),
      { valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
    ],
    [
      'a key that is said not to be optional',
      Env.secret('A', { name: 's', key: 'k', optional: false }),
      { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ],
    [
      'a key of a ConfigMap',
      Env.configMap('A', { name: 'c', key: 'k' }),
      { valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
    ],
    [
      'a field of the pod',
      Env.field('A', 'metadata.name'),
      { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    ['a resource', Env.resource('A', 'limits.cpu'), { valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
    [
      'a resource of another container in a unit',
      Env.resource('A', 'limits.memory', { containerName: 'main', divisor: '1Mi' }),
      { valueFrom: { resourceFieldRef: { resource: 'limits.memory', containerName: 'main', divisor: '1Mi' } } },
    ],
    ['a given one without anything given, by its fallback', Env.given('A', { fallback: 'info' }), { value: 'info' }],
  ])('%s', (_, variable, rest) => {
    expect(renderEnv([variable])).toStrictEqual([{ name: 'A', ...rest }]);
  });
});

test('what is given is rendered, an empty text too', () => {
  expect(renderEnv([Env.given('A', { fallback: 'x' }), Env.given('B')], { A: '', B: 'b' })).toEqual([
    { name: 'A', value: '' },
    { name: 'B', value: 'b' },
  ]);
});

test('dependencies stand before their users, those in given texts too, and nothing else moves', () => {
  const variables = [
    Env.value('FIRST', 'x'),
    Env.value('URL', 'postgresql://$(DB_USER):$(DB_PASS)@db/$(DB_NAME)'),
    Env.value('DB_NAME', 'video'),
    Env.value('LAST', 'x'),
    Env.value('DB_USER', 'auth'),
    Env.secret('DB_PASS', secrets.key('db')),
    Env.given('LINK'),
    Env.value('HOST', 'example.org'),
  ];
  expect(renderEnv(variables, { LINK: 'https://$(HOST)' }).map(({ name }) => name)).toEqual([
    'FIRST',
    'DB_USER',
    'DB_PASS',
    'DB_NAME',
    'URL',
    'LAST',
    'HOST',
    'LINK',
  ]);
});

describe('rendering refuses', () => {
  test('PORT', () => {
    expect(told([Env.value('PORT', 8000)])).toEqual([
      'auth env PORT: PORT must not be declared (services always listen on 8000): remove it [env-port]',
    ]);
  });

  test('a given variable that nothing gives', () => {
    expect(told([Env.given('PUBLIC_ORIGIN')])).toEqual([
      'auth env PUBLIC_ORIGIN: PUBLIC_ORIGIN is declared with Env.given but has no value: add PUBLIC_ORIGIN to given, or declare a fallback [env-given-missing]',
    ]);
  });

  test('to take a name of prototypes for given', () => {
    expect(told([Env.given('constructor')])[0]).toContain('[env-given-missing]');
  });

  test('what is given and not asked for, with the nearest name that is', () => {
    expect(told([Env.given('LOG_LEVEL', { fallback: 'info' })], { LOGLEVEL: 'debug', OTHER: 'x' })).toEqual([
      'auth env LOGLEVEL: given contains LOGLEVEL, which is not declared with Env.given: did you mean LOG_LEVEL? otherwise remove it [env-given-unknown]',
      'auth env OTHER: given contains OTHER, which is not declared with Env.given: remove it [env-given-unknown]',
    ]);
  });

  test('to overwrite by given what is not declared so', () => {
    expect(told([Env.value('A', 'a')], { A: 'b' })[0]).toContain('[env-given-unknown]');
  });

  test('a text that its own reader refuses, given or written', () => {
    const parse = (text: string) => {
      if (!text.startsWith('https://')) throw new Error('must start with https://');
      return text;
    };
    expect(
      told([Env.given('ORIGIN', { parse }), Env.value('LINK', 'ftp:', { parse })], { ORIGIN: 'example.org' }),
    ).toEqual([
      'auth env ORIGIN: invalid literal "example.org", must start with https://: correct it [env-malformed]',
      'auth env LINK: invalid literal "ftp:", must start with https://: correct it [env-malformed]',
    ]);
    expect(told([Env.given('ORIGIN', { parse })], { ORIGIN: '$(HOST)' }).join()).not.toContain('env-malformed');
  });

  test('a given credential without showing it anywhere', () => {
    const parse = () => {
      throw new Error('is hunter2');
    };
    const faults = told([Env.given('API_TOKEN', { parse })], { API_TOKEN: 'hunter2' });
    expect(faults.map((fault) => /\[(.*)\]$/.exec(fault)?.[1])).toEqual(['env-malformed', 'env-credential']);
    expect(faults.join()).not.toContain('hunter2');
  });

  test('a list with any fault, and tells all of them in one error', () => {
    const variables = [
      Env.value('A', '$(B)'),
      Env.value('B', '$(A)'),
      Env.value('C', '$(NOBODY)'),
      Env.value('C', ''),
      Env.given('D'),
      Env.value('PASSWORD', 'hunter2'),
    ];
    try {
      renderEnv(variables, {}, { place: 'app/auth' });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(DeclarationError);
      expect((error as DeclarationError).faults.map(({ rule, place }) => `${place} ${rule}`)).toEqual([
        'app/auth env D env-given-missing',
        'app/auth env C env-duplicate',
        'app/auth env C env-unknown',
        'app/auth env A env-cycle',
        'app/auth env PASSWORD env-credential',
      ]);
    }
  });
});

test('envFrom answers references of declared variables', () => {
  const context = { envFrom: [{ kind: 'secret', name: 's', prefix: 'S_', keys: ['A'] }] } as const;
  expect(renderEnv([Env.value('X', '$(S_A)')], {}, context)).toEqual([{ name: 'X', value: '$(S_A)' }]);
});
