import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  DeclarationError,
  Env,
  expandContainerEnv,
  readConfig,
  renderEnv,
  secretKeys,
  type ConfigOf,
  type EnvVariable,
} from '#env';

const secrets = secretKeys('app-secrets');
const declaration = [
  Env.value('URL', 'postgresql://$(DB_USER):$(DB_PASS)@db:$(DB_PORT)/video'),
  Env.value('DB_USER', 'auth'),
  Env.value('DB_PORT', 5432),
  Env.value('DEBUG', false),
  Env.secret('DB_PASS', secrets.key('auth-db-password')),
  Env.secret('MAIL_PASS', { name: 'mail', key: 'password', optional: true }),
  Env.configMap('MOTD', { name: 'settings', key: 'motd' }),
  Env.field('POD_NAME', 'metadata.name'),
  Env.resource('MEMORY', 'limits.memory'),
  Env.given('ORIGIN', { parse: (text) => new URL(text) }),
  Env.value('LADDER', '240p,480p', { parse: (text) => text.split(',') }),
] as const;

const ENVIRONMENT = {
  URL: 'postgresql://auth:pw-of-db@db:5432/video',
  DB_USER: 'auth',
  DB_PORT: '5432',
  DEBUG: 'true',
  DB_PASS: 'pw-of-db',
  MOTD: '',
  POD_NAME: 'auth-0',
  MEMORY: '536870912',
  ORIGIN: 'https://video.example.org',
  LADDER: '240p',
  NOT_DECLARED: 'x',
};

/** The lines of the error with which reading fails. */
function told(variables: readonly EnvVariable[], environment: Readonly<Record<string, string | undefined>>): string[] {
  try {
    readConfig(variables, environment, 'auth');
  } catch (error) {
    if (error instanceof DeclarationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('reads each declared variable as what it is, and nothing else', () => {
  expect(readConfig(declaration, ENVIRONMENT)).toStrictEqual({
    URL: 'postgresql://auth:pw-of-db@db:5432/video',
    DB_USER: 'auth',
    DB_PORT: 5432,
    DEBUG: true,
    DB_PASS: 'pw-of-db',
    MAIL_PASS: undefined,
    MOTD: '',
    POD_NAME: 'auth-0',
    MEMORY: 536870912,
    ORIGIN: new URL('https://video.example.org'),
    LADDER: ['240p'],
  });
});

test('gives a type to each', () => {
  const config = readConfig(declaration, ENVIRONMENT);
  expectTypeOf(config).toEqualTypeOf<{
    readonly URL: string;
    readonly DB_USER: string;
    readonly DB_PORT: number;
    readonly DEBUG: boolean;
    readonly DB_PASS: string;
    readonly MAIL_PASS: string | undefined;
    readonly MOTD: string;
    readonly POD_NAME: string;
    readonly MEMORY: number;
    readonly ORIGIN: URL;
    readonly LADDER: string[];
  }>();
  expectTypeOf<ConfigOf<typeof declaration>>().toEqualTypeOf(config);
  expectTypeOf(config).not.toHaveProperty('NOT_DECLARED');
  const inline = readConfig([Env.value('A', 1), Env.given('B', { fallback: 'b' })], { A: '1', B: 'b' });
  expectTypeOf(inline).toEqualTypeOf<{ readonly A: number; readonly B: string }>();
  // @ts-expect-error config does not change
  expect(() => (inline.A = 2)).toThrow(TypeError);
});

test('names every missing variable at once, and where it comes from', () => {
  expect(told(declaration, {})).toEqual([
    'auth env URL: URL is not set, the declaration requires it: set it, the manifest gives "postgresql://$(DB_USER):$(DB_PASS)@db:$(DB_PORT)/video" [config-missing]',
    'auth env DB_USER: DB_USER is not set, the declaration requires it: set it, the manifest gives "auth" [config-missing]',
    'auth env DB_PORT: DB_PORT is not set, the declaration requires it: set it, the manifest gives "5432" [config-missing]',
    'auth env DEBUG: DEBUG is not set, the declaration requires it: set it, the manifest gives "false" [config-missing]',
    'auth env DB_PASS: DB_PASS is not set, the declaration requires it: give it key auth-db-password of Secret app-secrets [config-missing]',
    'auth env MOTD: MOTD is not set, the declaration requires it: give it key motd of ConfigMap settings [config-missing]',
    'auth env POD_NAME: POD_NAME is not set, the declaration requires it: set it [config-missing]',
    'auth env MEMORY: MEMORY is not set, the declaration requires it: set it [config-missing]',
    'auth env ORIGIN: ORIGIN is not set, the declaration requires it: set it [config-missing]',
    'auth env LADDER: LADDER is not set, the declaration requires it: set it, the manifest gives "240p,480p" [config-missing]',
  ]);
});

test('names missing, malformed and unexpanded variables in one error', () => {
  const environment = {
    ...ENVIRONMENT,
    DB_USER: undefined,
    DB_PORT: 'many',
    DEBUG: '1',
    URL: 'postgresql://auth:$(DB_PASS)@db',
  };
  expect(told(declaration, environment)).toEqual([
    "auth env URL: URL contains $(DB_PASS), which was not expanded because nothing above it in the container's env defines it: put DB_PASS before URL [config-unexpanded]",
    'auth env DB_USER: DB_USER is not set, the declaration requires it: set it, the manifest gives "auth" [config-missing]',
    'auth env DB_PORT: DB_PORT is "many", must be a number: correct the declaration or the source of the value [config-malformed]',
    'auth env DEBUG: DEBUG is "1", must be true or false: correct the declaration or the source of the value [config-malformed]',
  ]);
});

describe('a number', () => {
  test.each(['', ' ', 'x', '1x', 'NaN', 'Infinity', '1,5'])('is not %j', (text) => {
    expect(told([Env.value('N', 1)], { N: text })[0]).toContain('must be a number');
  });

  test.each([
    ['0', 0],
    ['-1.5', -1.5],
    ['1e3', 1000],
  ])('is %j', (text, number) => {
    expect(readConfig([Env.value('N', 1)], { N: text })).toEqual({ N: number });
  });
});

describe('what came from a Secret', () => {
  test('is not shown when it is malformed', () => {
    expect(told([Env.secret('S', secrets.key('k'))], { S: '' })).toEqual([
      'auth env S: S is "", must not be empty: correct the declaration or the source of the value [config-malformed]',
    ]);
  });

  test('is not shown where it stands within another value or in what a reader says', () => {
    const parse = (text: string) => {
      throw new Error(`cannot read ${text}`);
    };
    const variables = [
      Env.value('URL', 'nats://$(LONG)$(SHORT)@mq', { parse }),
      Env.secret('SHORT', secrets.key('a')),
      Env.secret('LONG', secrets.key('b')),
    ];
    const lines = told(variables, { URL: 'nats://hunter2hunter@mq', SHORT: 'hunter', LONG: 'hunter2' });
    expect(lines).toEqual([
      'auth env URL: URL is "nats://(secret)(secret)@mq", cannot read nats://(secret)(secret)@mq: correct the declaration or the source of the value [config-malformed]',
    ]);
  });
});

describe('a reference that was left unexpanded', () => {
  const pair = (text: string) => [Env.value('A', text), Env.value('B', 'b'), Env.secret('S', secrets.key('s'))];
  const environment = (a: string, s = 's') => ({ A: a, B: 'b', S: s });

  test.each([
    ['alone', '$(B)', '$(B)'],
    ['among others', '$(S)-$(B)', 's-$(B)'],
    ['beside its own escape', '$$(B)$(B)', '$(B)$(B)'],
    ['in one of two places', '$(B)$(B)', 'b$(B)'],
    ['of a name that nobody declares', '$(NOBODY)', '$(NOBODY)'],
  ])('is refused: %s', (_, declared, received) => {
    expect(told(pair(declared), environment(received))[0]).toContain('[config-unexpanded]');
  });

  test('is refused for each name at once', () => {
    expect(told(pair('$(S)$(B)'), environment('$(S)$(B)'))[0]).toContain('contains $(S) and $(B),');
  });

  test('is refused when a variable names itself', () => {
    const variables = [Env.value('PATHS', '$(PATHS):/b')];
    expect(told(variables, { PATHS: '$(PATHS):/b' })[0]).toContain('[config-unexpanded]');
    expect(told(variables, { PATHS: '/a:/b' })).toEqual([]);
  });

  test('is refused in the fallback of a given variable', () => {
    expect(told([Env.given('LINK', { fallback: 'x/$(B)' })], { LINK: 'x/$(B)' })[0]).toContain('[config-unexpanded]');
  });

  test.each([
    ['escaped text', '$$(B)', '$(B)', 's'],
    ['escaped text beside what was expanded', '$$(B)$(B)', '$(B)b', 's'],
    ['text that came by valueFrom', '$(S)', 'x$(B)y', 'x$(B)y'],
    ['text that came by valueFrom beside what was expanded', '$(S)$(B)', '$(B)b', '$(B)'],
    ['a value that was replaced as a whole', 'nats://$(B):4222', 'nats://localhost:4222', 's'],
    ['no reference', '${B} $B $()', '${B} $B $()', 's'],
  ])('is not seen in %s', (_, declared, received, s) => {
    expect(told(pair(declared), environment(received, s))).toEqual([]);
  });

  test('is blamed on the variable that names it, not on those that copied it', () => {
    const variables = [Env.value('A', '$(B)'), Env.value('B', '$(C)'), Env.value('C', 'c')];
    const lines = told(variables, { A: '$(C)', B: '$(C)', C: 'c' });
    expect(lines.map((line) => line.split(':')[0])).toEqual(['auth env B']);
  });

  test('is not looked for in what comes by reference', () => {
    expect(told([Env.secret('S', secrets.key('s'))], { S: '$(B)' })).toEqual([]);
    expect(told([Env.configMap('C', { name: 'c', key: 'k' })], { C: '$(B)' })).toEqual([]);
    expect(told([Env.given('G')], { G: '$(B)' })).toEqual([]);
  });

  test('is never found in what rendering ordered and the kubelet expanded, whatever the secrets hold', () => {
    const pieces = ['$(A)', '$(B)', '$$(B)', '$(S)', '$$', 'x'];
    const text = fc.array(fc.constantFrom(...pieces)).map((it) => it.join(''));
    const ofB = fc.array(fc.constantFrom('$(S)', '$$(S)', '$$(A)', 'x')).map((it) => it.join(''));
    fc.assert(
      fc.property(text, ofB, text, (a, b, secret) => {
        const variables = [
          Env.value('A', a.replaceAll('$(A)', '')),
          Env.value('B', b),
          Env.secret('S', secrets.key('s')),
        ];
        const { values } = expandContainerEnv({ env: renderEnv(variables), resolve: () => `s${secret}` });
        expect(readConfig(variables, values)).toEqual(values);
      }),
    );
  });
});

test('reads names of prototypes like any other', () => {
  expect(told([Env.value('toString', 'x'), Env.value('constructor', 'x')], {})).toHaveLength(2);
});
