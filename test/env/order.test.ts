import { describe, expect, test } from 'vitest';
import { DeclarationError, envOrder, orderEnv } from '#env';

const list = (...texts: string[]) =>
  texts.map((text) => {
    const [name = '', value = ''] = text.split('=');
    return { name, value };
  });
const namesOf = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name).join(' ');

describe('the order', () => {
  test.each([
    ['leaves a right list as it is', list('C=', 'A=', 'B=$(A)', 'D=$(C)$(B)'), 'C A B D'],
    ['moves a dependency to just before its first user', list('X=', 'A=$(B)', 'Y=', 'B='), 'X B A Y'],
    ['moves dependencies in the order in which they are named', list('A=$(C)$(B)', 'B=', 'C='), 'C B A'],
    ['goes on down', list('A=$(B)', 'B=$(C)', 'C=$(D)', 'D='), 'D C B A'],
    ['moves a diamond’s foot once', list('A=$(B)$(C)', 'B=$(D)', 'C=$(D)', 'D='), 'D B C A'],
    ['takes no escape for a reference', list('A=$$(B)', 'B='), 'A B'],
    ['takes a reference after an escape', list('A=$$$(B)', 'B='), 'B A'],
    ['takes no self-reference for a dependency', list('A=$(A):a', 'B='), 'A B'],
    ['passes over names that are not in the list', list('A=$(NOBODY)', 'B='), 'A B'],
    ['keeps names that look like integers where they are', list('Z=', '10=', '2=$(1)', '1='), 'Z 10 1 2'],
    ['knows names of prototypes', list('A=$(__proto__)$(constructor)', '__proto__='), '__proto__ A'],
    ['has nothing to do with an empty list', [], ''],
  ])('%s', (_, entries, ordered) => {
    expect(namesOf(orderEnv(entries))).toBe(ordered);
  });

  test('gives back the entries themselves', () => {
    const entries = list('A=$(B)', 'B=');
    expect(orderEnv(entries)).toEqual([entries[1], entries[0]]);
    expect(orderEnv(entries)[0]).toBe(entries[1]);
  });

  test('puts first what envFrom gives too, so that no stale value is read', () => {
    expect(namesOf(orderEnv(list('A=$(B)', 'B=new')))).toBe('B A');
  });
});

describe('a cycle', () => {
  test('is named with its path, from the first variable that the author wrote', () => {
    expect(() => orderEnv(list('X=', 'A=$(B)', 'B=$(A)'), 'auth')).toThrow(
      'auth env A: A → B → A is a cycle, each variable must come after those it references: remove one of the references [env-cycle]',
    );
  });

  test('is named without what leads to it', () => {
    expect(() => orderEnv(list('ENTRY=$(A)', 'A=$(B)', 'B=$(C)', 'C=$(A)'))).toThrow(/env A: A → B → C → A is/);
  });

  test('does not hide the next one', () => {
    const { cycles } = envOrder(list('A=$(B)', 'B=$(A)', 'C=$(D)$(E)', 'D=$(C)', 'E=$(C)'));
    expect(cycles).toEqual([
      ['A', 'B', 'A'],
      ['C', 'D', 'C'],
      ['C', 'E', 'C'],
    ]);
  });

  test('loses no variable', () => {
    expect(namesOf(envOrder(list('A=$(B)', 'B=$(A)', 'C=')).entries)).toBe('B A C');
  });
});

test('a duplicate has no order and is named beside the cycles', () => {
  try {
    orderEnv(list('A=1', 'A=2', 'B=$(C)', 'C=$(B)'));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(DeclarationError);
    expect((error as DeclarationError).faults.map(({ rule }) => rule)).toEqual(['env-duplicate', 'env-cycle']);
  }
});

describe('ten thousand variables and more', { timeout: 10_000 }, () => {
  const COUNT = 20_000;
  const chain = Array.from({ length: COUNT }, (_, i) => ({ name: `V${i}`, value: `$(V${i + 1})` }));

  test('are ordered along one chain', () => {
    const ordered = orderEnv([...chain, { name: `V${COUNT}`, value: '' }]);
    expect(ordered.at(0)?.name).toBe(`V${COUNT}`);
    expect(ordered.at(-1)?.name).toBe('V0');
  });

  test('are ordered through as many diamonds', () => {
    const diamonds = Array.from({ length: COUNT }, (_, i) => [
      { name: `T${i}`, value: `$(L${i})$(R${i})` },
      { name: `L${i}`, value: `$(T${i + 1})` },
      { name: `R${i}`, value: `$(T${i + 1})` },
    ]).flat();
    expect(orderEnv([...diamonds, { name: `T${COUNT}`, value: '' }])).toHaveLength(COUNT * 3 + 1);
  });

  test('may all be one cycle', () => {
    const { cycles } = envOrder([...chain, { name: `V${COUNT}`, value: '$(V0)' }]);
    expect(cycles.map((cycle) => cycle.length)).toEqual([COUNT + 2]);
  });

  test('have twenty of their cycles named, however many there are', () => {
    const knot = chain.map(({ name, value }) => ({ name, value: `$(V0)${value}` }));
    expect(envOrder(knot).cycles).toHaveLength(20);
    expect(envOrder(knot).entries).toHaveLength(COUNT);
  });
});
