import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filterCovers, filterOf, filtersOverlap, subjectOf } from '#messaging';

const LONGEST = 5;
/** Every subject of up to five tokens; `c` stands for all tokens that no filter names. */
const UNIVERSE = subjectsUpTo(LONGEST, ['a', 'b', 'c']);

const subject = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  .map((tokens) => tokens.join('.'));
const filter = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 3 }), fc.constantFrom('a', 'b', '*', '>'))
  .map(([head, last]) => [...head, last].join('.'));

describe('filters against every subject one by one', () => {
  test('cover a subject as the server would match it', () => {
    fc.assert(fc.property(filter, subject, (f, s) => filterCovers(f, s) === matches(f, s)));
  });

  test('cover another filter when they match all that it matches', () => {
    fc.assert(
      fc.property(filter, filter, (one, other) => {
        const all = UNIVERSE.filter((s) => matches(other, s)).every((s) => matches(one, s));
        return filterCovers(one, other) === all;
      }),
      { numRuns: 500 },
    );
  });

  test('overlap when some subject matches both', () => {
    fc.assert(
      fc.property(filter, filter, (one, other) => {
        const some = UNIVERSE.some((s) => matches(one, s) && matches(other, s));
        return filtersOverlap(one, other) === some && filtersOverlap(other, one) === some;
      }),
      { numRuns: 500 },
    );
  });

  test('overlap what they cover', () => {
    fc.assert(fc.property(filter, filter, (one, other) => !filterCovers(one, other) || filtersOverlap(one, other)));
  });
});

describe('a pattern', () => {
  test('is a filter with * for each parameter', () => {
    expect(filterOf('progress.{user}.{video}')).toBe('progress.*.*');
    expect(filterOf('dlq.>')).toBe('dlq.>');
  });

  test('takes values that are one token each and then is covered by its filter', () => {
    const token = fc.string({ minLength: 1 }).filter((text) => /^[^\s.*>\p{Cc}]+$/u.test(text));
    fc.assert(
      fc.property(token, token, (user, video) => {
        const made = subjectOf('progress.{user}.{video}', { user, video });
        return made === `progress.${user}.${video}` && filterCovers('progress.*.*', made);
      }),
    );
  });

  test.each(['', 'a.b', '*', '>', 'a b', 'a\tb', 'a\r\nPUB x', 'a\u0000', 'a*', '.', ' '])(
    'refuses the user id %j and names pattern, parameter and value',
    (user) => {
      expect(() => subjectOf('notify.{user}', { user })).toThrow(
        `subject notify.{user}: user is ${JSON.stringify(user)}, must be one token`,
      );
    },
  );

  test('keeps a value that looks like a replacement pattern or a parameter as it is', () => {
    expect(subjectOf('notify.{user}', { user: '$&' })).toBe('notify.$&');
    expect(subjectOf('progress.{user}.{video}', { user: '{video}', video: 'v' })).toBe('progress.{video}.v');
  });
});

/** The rules of the server, word for word: `*` is one token, a last `>` one or more. */
function matches(pattern: string, concrete: string): boolean {
  const expression = pattern
    .split('.')
    .map((token) => (token === '>' ? '.+' : token === '*' ? '[^.]+' : token))
    .join('\\.');
  return new RegExp(`^${expression}$`).test(concrete);
}

function subjectsUpTo(length: number, tokens: readonly string[]): string[] {
  if (length === 1) return [...tokens];
  const shorter = subjectsUpTo(length - 1, tokens);
  return [...new Set([...shorter, ...shorter.flatMap((s) => tokens.map((token) => `${s}.${token}`))])];
}
