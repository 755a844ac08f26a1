/** Each rule of Kubernetes has its row here; the number is the rule's in docs/env.md. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandArguments, expandContainerEnv, expandProbeCommand, expandValue, orderEnv, type RawEnv } from '#env';
import { independentExpand } from './independent-kubelet.ts';

const KNOWN: Readonly<Record<string, string>> = { A: 'a', B: '$(A)', EMPTY: '', 'my.var': 'dotted', DOLLARS: 'p$$w' };
const lookup = (name: string) => KNOWN[name];
const secret = (name: string): RawEnv => ({ name, valueFrom: { secretKeyRef: { name: 's', key: 'k' } } });
const optional = (name: string): RawEnv => ({
  name,
  valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } },
});
const value = (name: string, text?: string): RawEnv => ({ name, value: text });

describe('a value', () => {
  test.each([
    ['3: is read once, what is put in is not', '$(B)', '$(A)'],
    ['3: is read from left to right', '$(A)$(A)-$(B)', 'aa-$(A)'],
    ['4: loses a dollar of each pair, parentheses or not', 'p$$w', 'p$w'],
    ['4: keeps an escaped reference as text', '$$(A)', '$(A)'],
    ['4: expands after an escaped dollar', '$$$(A)', '$a'],
    ['4: pairs dollars from the left', '$$$$(A)', '$$(A)'],
    ['4: keeps the dollars of what is put in', '$(DOLLARS)', 'p$$w'],
    ['5: knows no shell syntax', '${A} $A', '${A} $A'],
    ['5: keeps a dollar at the end', 'a$', 'a$'],
    ['5: keeps a dollar at the end after a pair', 'a$$$', 'a$$'],
    ['5: keeps an unterminated reference', '$(A', '$(A'],
    ['5: expands within an unterminated reference nothing', '$(A $$', '$(A $'],
    ['5: keeps an empty name', '$()', '$()'],
    ['5: takes a name up to the first parenthesis, dots too', '$(my.var)', 'dotted'],
    ['5: looks up a nested name as it is written', '$(A$(B))', '$(A$(B))'],
    ['5: consumes a dollar and any other character as a pair', '$x$(A)$-$(A)', '$xa$-a'],
    ['5: passes what is outside ASCII', 'é$€$(A)🎬$🎬', 'é$€a🎬$🎬'],
    ['2: keeps a name that nobody knows', '$(NOBODY)', '$(NOBODY)'],
    ['2: puts in an empty value', '[$(EMPTY)]', '[]'],
    ['knows no names of prototypes', '$(constructor)$(__proto__)', '$(constructor)$(__proto__)'],
  ])('%s', (_, text, expanded) => {
    const own = (name: string) => (Object.hasOwn(KNOWN, name) ? lookup(name) : undefined);
    expect(expandValue(text, own)).toBe(expanded);
    expect(independentExpand(text, own)).toBe(expanded);
  });

  test('expands as the independent kubelet does, whatever it holds', () => {
    const pieces = fc.constantFrom('$', '$$', '$(', '(', ')', 'A', 'B', 'EMPTY', ' ', 'é', '🎬', '\n');
    fc.assert(
      fc.property(fc.array(pieces), (texts) => {
        const text = texts.join('');
        expect(expandValue(text, lookup)).toBe(independentExpand(text, lookup));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a container', () => {
  test('1: lets a later source of envFrom overwrite an earlier one, and env overwrite both', () => {
    const envFrom: Record<string, string>[] = [
      { A: 'first', B: 'first', C: 'first' },
      { B: 'second', C: 'second' },
    ];
    const { values } = expandContainerEnv({ envFrom, env: [value('C', 'third'), value('D', '$(A) $(B) $(C)')] });
    expect(values).toEqual({ A: 'first', B: 'second', C: 'third', D: 'first second third' });
  });

  test('2: reads envFrom and the entries above, then service variables, and says what stayed', () => {
    const { values, left } = expandContainerEnv({
      envFrom: [{ FROM: 'source' }],
      env: [value('UP', '$(FROM) $(DB_SERVICE_HOST) $(DOWN)'), value('DOWN', 'down')],
      serviceVariables: { DB_SERVICE_HOST: '10.0.0.1' },
    });
    expect(values['UP']).toBe('source 10.0.0.1 $(DOWN)');
    expect(left).toEqual([{ variable: 'UP', name: 'DOWN' }]);
  });

  test('2: without service links keeps their names as text, but not those of the API server', () => {
    const env = [value('X', '$(DB_SERVICE_HOST) $(KUBERNETES_SERVICE_HOST)')];
    const { values } = expandContainerEnv({ env, serviceVariables: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } });
    expect(values['X']).toBe('$(DB_SERVICE_HOST) 10.0.0.1');
  });

  test('2: prefers an entry above to a service variable of the same name, in values and in references', () => {
    const env = [value('DB_PORT', '5432'), value('X', '$(DB_PORT)')];
    const { values } = expandContainerEnv({ env, serviceVariables: { DB_PORT: 'tcp://10.0.0.1:5432' } });
    expect(values).toEqual({ DB_PORT: '5432', X: '5432' });
  });

  test('3: expands nothing of what comes by valueFrom or envFrom, not even its dollars', () => {
    const { values } = expandContainerEnv({
      envFrom: [{ E: '$(A) $$' }],
      env: [value('A', 'a'), secret('S'), value('BOTH', '$(E)|$(S)')],
      resolve: () => '$(A) p$$w',
    });
    expect(values).toEqual({ A: 'a', E: '$(A) $$', S: '$(A) p$$w', BOTH: '$(A) $$|$(A) p$$w' });
  });

  test('3: lets a later entry see the expanded earlier one, a text that stayed included', () => {
    const { values, left } = expandContainerEnv({
      env: [value('A', '$(LATE)'), value('LATE', 'late'), value('B', '$(A)')],
    });
    expect(values).toEqual({ A: '$(LATE)', LATE: 'late', B: '$(LATE)' });
    expect(left).toEqual([{ variable: 'A', name: 'LATE' }]);
  });

  test('6: lets a variable that names itself read the earlier one of envFrom', () => {
    const { values } = expandContainerEnv({ envFrom: [{ PATHS: '/a' }], env: [value('PATHS', '$(PATHS):/b')] });
    expect(values).toEqual({ PATHS: '/a:/b' });
  });

  test('6: lets a duplicate that names itself read the earlier one', () => {
    const { values } = expandContainerEnv({ env: [value('X', 'x'), value('X', '$(X):y')] });
    expect(values).toEqual({ X: 'x:y' });
  });

  test('6: keeps the text of a variable that names itself and has no earlier value', () => {
    expect(expandContainerEnv({ env: [value('X', '$(X):y')] })).toEqual({
      values: { X: '$(X):y' },
      left: [{ variable: 'X', name: 'X' }],
      missing: [],
    });
  });

  test('7: takes the last of a duplicate, even when it is empty', () => {
    const { values } = expandContainerEnv({ env: [value('A', 'one'), value('B', '$(A)'), value('A', '')] });
    expect(values).toEqual({ A: '', B: 'one' });
  });

  test('8: takes an empty or absent value for the empty string', () => {
    const { values } = expandContainerEnv({ env: [value('A', ''), value('B'), value('C', '[$(A)$(B)]')] });
    expect(values).toEqual({ A: '', B: '', C: '[]' });
  });

  test('8: takes valueFrom where the value beside it is empty', () => {
    const { values } = expandContainerEnv({ env: [{ ...secret('S'), value: '' }], resolve: () => 'from' });
    expect(values).toEqual({ S: 'from' });
  });

  test('8: leaves an optional variable that is missing undefined, so that its name stays as text', () => {
    expect(expandContainerEnv({ env: [optional('S'), value('X', '$(S)')] })).toEqual({
      values: { X: '$(S)' },
      left: [{ variable: 'X', name: 'S' }],
      missing: [],
    });
  });

  test('8: lets an optional variable that is missing keep what envFrom gave', () => {
    const { values } = expandContainerEnv({ envFrom: [{ S: 'earlier' }], env: [optional('S'), value('X', '$(S)')] });
    expect(values).toEqual({ S: 'earlier', X: 'earlier' });
  });

  test('8: says which required source is missing, with which no container starts', () => {
    expect(expandContainerEnv({ env: [secret('S'), optional('O')] }).missing).toEqual(['S']);
  });

  test('9: expands command and args by the final values, wherever these stand', () => {
    const { values } = expandContainerEnv({ env: [value('A', '$(B)'), value('B', 'b')] });
    expect(expandArguments(['$(B)', '$(A)', '$$(B)', '$(NOBODY)', '$(constructor)'], values)).toEqual([
      'b',
      '$(B)',
      '$(B)',
      '$(NOBODY)',
      '$(constructor)',
    ]);
  });

  test('10: shows an exec probe the texts as they are written, and nothing of what comes by valueFrom', () => {
    const env = [value('A', 'a'), value('B', '$(A)'), secret('S')];
    expect(expandProbeCommand(['$(A)', '$(B)', '[$(S)]', '$(FROM)'], env)).toEqual(['a', '$(A)', '[]', '$(FROM)']);
  });

  test('gives the reader between envFrom and its redefinition the stale value, which ordering cures', () => {
    const envFrom = [{ B: 'stale' }];
    const env = [value('A', '$(B)'), value('B', 'fresh')];
    expect(expandContainerEnv({ envFrom, env }).values['A']).toBe('stale');
    expect(expandContainerEnv({ envFrom, env: orderEnv(env) }).values['A']).toBe('fresh');
  });

  test('takes any name, those of prototypes included', () => {
    const env = [value('__proto__', 'p'), value('1', 'one'), value('X', '$(__proto__)$(1)$(toString)')];
    const { values } = expandContainerEnv({ env });
    expect(Object.entries(values)).toContainEqual(['__proto__', 'p']);
    expect(values['X']).toBe('pone$(toString)');
  });
});
