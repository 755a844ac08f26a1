import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { referencesOf, scan } from '#env';

const PIECES = ['$', '$$', '$(', '(', ')', 'A', 'B', '.', ' ', '{', '}', 'é', '€', '🎬', '\n'];
const anyValue = fc.array(fc.constantFrom(...PIECES)).map((pieces) => pieces.join(''));

test('the pieces of a value are the value again', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(
        scan(value)
          .map((token) => (token.kind === 'text' ? token.text : token.raw))
          .join(''),
      ).toBe(value);
    }),
  );
});

test('splits a value into text, references and escapes', () => {
  expect(scan('a$(B)$$(C)')).toEqual([
    { kind: 'text', text: 'a' },
    { kind: 'reference', name: 'B', raw: '$(B)' },
    { kind: 'escape', text: '$', raw: '$$' },
    { kind: 'text', text: '(C)' },
  ]);
  expect(scan('')).toEqual([]);
});

describe('a live reference', () => {
  test.each([
    ['$(A)$(B)$(A)', ['A', 'B']],
    ['$(B)$(A)', ['B', 'A']],
    ['$$(A)', []],
    ['$$$(A)', ['A']],
    ['$$$$(A)', []],
    ['$()', []],
    ['$(A', []],
    ['$(A$(B)', ['A$(B']],
    ['$(A$(B))', ['A$(B']],
    ['$(my.var) $(with space) $(-)', ['my.var', 'with space', '-']],
    ['${A} $A $ A$', []],
    ['$x$(A)', ['A']],
    ['$é$(A)', ['A']],
    [') $(A)', ['A']],
    [') $(A', []],
  ])('of %j names %j', (value, names) => {
    expect(referencesOf(value)).toEqual(names);
  });
});

test('reads a text of unterminated references in the time that its length asks for', { timeout: 5000 }, () => {
  expect(referencesOf('$('.repeat(500_000))).toEqual([]);
  expect(referencesOf(`)${'$('.repeat(500_000)}`)).toEqual([]);
  expect(referencesOf('$(A)'.repeat(250_000))).toEqual(['A']);
});
