import { describe, expect, test } from 'vitest';
import { assertNoFaults, envFaults, formatFault, orderFaults, type EnvFaultsContext, type RawEnv } from '#env';

const value = (name: string, text: string): RawEnv => ({ name, value: text });
const optional: RawEnv = {
  name: 'OPT',
  valueFrom: { configMapKeyRef: { name: 'settings', key: 'opt', optional: true } },
};

/** The faults of a list as a person reads them. */
function told(entries: readonly RawEnv[], context: EnvFaultsContext = {}): string[] {
  return envFaults(entries, { place: 'auth', ...context }).map(formatFault);
}

test('a list without fault has none, in whatever order it stands', () => {
  const entries = [
    value('DATABASE_URL', 'postgresql://$(DB_USER):$(DB_PASS)@db:5432/$(DB_NAME)?x=$$(LITERAL)'),
    value('DB_USER', 'auth'),
    { name: 'DB_PASS', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    value('DB_NAME', 'video'),
    value('API', 'https://$(KUBERNETES_SERVICE_HOST):$(KUBERNETES_SERVICE_PORT)'),
  ];
  expect(told(entries)).toEqual([]);
});

test('tells all faults at once, each with its place', () => {
  const entries = [value('A', '$(B)'), value('B', '$(A)'), value('C', '1'), value('C', '2'), value('D', '$(NOBODY)')];
  expect(envFaults(entries, { place: 'auth' }).map(({ rule, place }) => [rule, place])).toEqual([
    ['env-duplicate', 'auth env C'],
    ['env-unknown', 'auth env D'],
    ['env-cycle', 'auth env A'],
  ]);
  expect(() => {
    assertNoFaults(envFaults(entries));
  }).toThrow(/^env C: .*\nenv D: .*\nenv A: /);
});

describe('a name', () => {
  test('that nothing defines is an error with the nearest known one', () => {
    expect(told([value('DB_USER', 'auth'), value('URL', '$(DB_USR)')])).toEqual([
      'auth env URL: $(DB_USR) references an undefined variable, the container would receive the text unexpanded: did you mean $(DB_USER)? otherwise declare it, or escape it as $$(DB_USR) [env-unknown]',
    ]);
  });

  test('that is like no other is an error without a guess', () => {
    expect(told([value('DB_USER', 'auth'), value('X', '$(hostname)')])).toEqual([
      'auth env X: $(hostname) references an undefined variable, the container would receive the text unexpanded: declare it, or escape it as $$(hostname) [env-unknown]',
    ]);
  });

  test('is found whatever its case, for the hint', () => {
    expect(told([value('DB_USER', 'auth'), value('URL', '$(db_user)')])[0]).toContain('did you mean $(DB_USER)?');
  });

  test('that only a service link would give is an error', () => {
    expect(told([value('HOST', '$(MY_DB_SERVICE_HOST)')])).toEqual([
      'auth env HOST: $(MY_DB_SERVICE_HOST) could come only from the service link of my-db, which depends on creation order: use the host name my-db and its port [env-service-link]',
    ]);
  });

  test.each(['DB_SERVICE_PORT', 'DB_SERVICE_PORT_HTTP', 'DB_PORT_5432_TCP', 'DB_PORT_5432_TCP_ADDR'])(
    'such as %s is recognized as a service link by its shape',
    (name) => {
      expect(told([value('X', `$(${name})`)])[0]).toMatch(/service link of db,.*\[env-service-link\]$/);
    },
  );

  test('such as DB_PORT is of a service link only where there is that Service', () => {
    expect(told([value('X', '$(DB_PORT)')], { services: ['db'] })[0]).toContain('[env-service-link]');
    expect(told([value('X', '$(DB_PORT)')], { services: ['web'] })[0]).toContain('[env-unknown]');
  });

  test('of the API server’s own variables is always there, and no other that starts like them', () => {
    expect(told([value('X', '$(KUBERNETES_SERVICE_HOST)$(KUBERNETES_PORT_443_TCP_ADDR)')])).toEqual([]);
    expect(told([value('X', '$(KUBERNETES_NAMESPACE)')])[0]).toContain('[env-unknown]');
  });

  test('of the variable itself is an error where nothing gives an earlier value', () => {
    expect(told([value('PATH', '$(PATH):/app/bin')])).toEqual([
      'auth env PATH: $(PATH) references itself, but PATH has no earlier value (the ENV of the image is not visible): declare the key PATH of the envFrom source that defines it, or escape it as $$(PATH) [env-self-reference]',
    ]);
    const envFrom = [{ kind: 'configMap', name: 'paths', keys: ['PATH'] }] as const;
    expect(told([value('PATH', '$(PATH):/app/bin')], { envFrom })).toEqual([]);
  });

  test('of a variable that may be undefined is an error', () => {
    expect(told([optional, value('X', '$(OPT)')])).toEqual([
      'auth env X: $(OPT) may be undefined because it comes from an optional key, and would then not be expanded: remove optional, or read OPT at run time [env-optional-reference]',
    ]);
    const envFrom = [{ kind: 'configMap', name: 'defaults', keys: ['OPT'] }] as const;
    expect(told([optional, value('X', '$(OPT)')], { envFrom })).toEqual([]);
  });
});

describe('a source of envFrom', () => {
  test('gives the names of its declared keys, with its prefix before them', () => {
    const envFrom = [{ kind: 'secret', name: 'db', prefix: 'DB_', keys: ['HOST'] }] as const;
    expect(told([value('URL', '$(DB_HOST)')], { envFrom })).toEqual([]);
    expect(told([value('URL', '$(HOST)')], { envFrom })[0]).toContain('[env-unknown]');
  });

  test('whose keys are not declared gives nothing to rely on', () => {
    const envFrom = [{ kind: 'secret', name: 'db', prefix: 'DB_' }] as const;
    expect(told([value('URL', '$(DB_HOST)')], { envFrom })).toEqual([
      'auth env URL: $(DB_HOST) could come only from envFrom Secret db, whose keys are not declared: list its keys [env-undeclared-key]',
    ]);
    expect(told([value('URL', '$(HOST)')], { envFrom })[0]).toContain('[env-unknown]');
  });

  test('that is optional gives nothing to rely on, unless another gives the same name', () => {
    const maybe = { kind: 'configMap', name: 'maybe', optional: true, keys: ['A'] } as const;
    const sure = { kind: 'configMap', name: 'sure', keys: ['A'] } as const;
    expect(told([value('X', '$(A)')], { envFrom: [maybe] })).toEqual([
      'auth env X: $(A) may be undefined because it comes from the optional ConfigMap maybe, and would then not be expanded: remove optional, or read A at run time [env-optional-reference]',
    ]);
    expect(told([value('X', '$(A)')], { envFrom: [sure, maybe] })).toEqual([]);
    expect(told([value('X', '$(A)'), value('A', 'a')], { envFrom: [maybe] })).toEqual([]);
  });
});

test('a duplicate is an error that says what becomes of it', () => {
  expect(told([value('A', '1'), value('B', 'b'), value('A', '2'), value('A', '3')])).toEqual([
    'auth env A: A is declared 3 times, names must be unique (the kubelet uses the last, server-side apply refuses the list): keep one [env-duplicate]',
  ]);
});

test('a cycle is an error with its path', () => {
  expect(told([value('A', '$(B)'), value('B', '$(C)'), value('C', '$(A)')])).toEqual([
    'auth env A: A → B → C → A is a cycle, each variable must come after those it references: remove one of the references [env-cycle]',
  ]);
});

describe('the name of a variable', () => {
  test.each(['A', '_', '1', '10', 'my.var', 'my-var', 'with space', '__proto__'])('may be %j', (name) => {
    expect(told([value(name, 'x')])).toEqual([]);
  });

  test.each(['', 'A=B', 'é', 'A\n'])('may not be %j', (name) => {
    expect(told([value(name, 'x')])).toEqual([
      `auth env ${name === '' ? '""' : name}: invalid variable name ${JSON.stringify(name)}, a name has one or more printable ASCII characters other than =: rename it [env-name]`,
    ]);
  });
});

test('a literal credential is an error that does not repeat it', () => {
  expect(told([value('DB_PASSWORD', 'hunter2hunter2')])).toEqual([
    "auth env DB_PASSWORD: the value is a literal (not shown), and its name looks like a credential, but credentials must come from a Secret: use Env.secret('DB_PASSWORD', …), or reference the secret part of a longer text as $(OTHER) [env-credential]",
  ]);
});

describe('the order of a list that others wrote', () => {
  const orderTold = (entries: readonly RawEnv[], context: EnvFaultsContext = {}) =>
    orderFaults(entries, { place: 'auth', ...context }).map(formatFault);

  test('is at fault where a reference names what stands further down', () => {
    expect(orderTold([value('URL', '$(HOST)'), value('HOST', 'db')])).toEqual([
      'auth env URL: $(HOST) is defined only further down, so it is not expanded (a reference sees only variables above it): put HOST before URL [env-late]',
    ]);
  });

  test('is at fault in another way where envFrom gives the same name', () => {
    const envFrom = [{ kind: 'configMap', name: 'base', keys: ['HOST'] }] as const;
    expect(orderTold([value('URL', '$(HOST)'), value('HOST', 'db')], { envFrom })).toEqual([
      'auth env URL: $(HOST) reads the value of envFrom ConfigMap base, because HOST is redefined only further down: put HOST before URL, or rename one of the two [env-stale]',
    ]);
  });

  test('is no matter of unknown names, escapes and self-references', () => {
    expect(orderTold([value('A', '$(A)$$(B)$(NOBODY)'), value('B', '')])).toEqual([]);
  });
});

test('ten thousand wrong names among ten thousand right ones are all told', () => {
  const entries = Array.from({ length: 10_000 }, (_, i) => value(`VARIABLE_${i}`, `$(VARIABEL_${i})`));
  expect(envFaults(entries)).toHaveLength(10_000);
});
