/** What holds for the order of any list. The judge is the independent kubelet. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { envOrder, expandContainerEnv, orderEnv, orderFaults } from '#env';
import { independentEnv, type IndependentEntry } from './independent-kubelet.ts';

const RUNS = { numRuns: 1000 };
const NAMES = ['A', 'B', 'C', 'D', '1', '10', 'my.var', 'X_Y', '__proto__', 'é'];

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES).map((name) => `$(${name})`) },
  { weight: 1, arbitrary: fc.constantFrom(...NAMES).map((name) => `$$(${name})`) },
  { weight: 1, arbitrary: fc.constantFrom('', 'x', '$', '$$', '$(', ')', '$(NOBODY)', '$()', '🎬') },
);
const value = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
/** Any list of unique names; may have cycles. */
const anyList = fc.uniqueArray(fc.record({ name: fc.constantFrom(...NAMES), value }), { selector: ({ name }) => name });
const acyclicList = anyList.filter((list) => envOrder(list).cycles.length === 0);
const source = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom('s', '$(A)', '$$'));

/** References that stayed although the list defines their name; a self-reference has nothing to read. */
function stayedWithoutNeed(list: readonly IndependentEntry[]): (readonly [string, string])[] {
  const names = new Set(list.map(({ name }) => name));
  return independentEnv(list).stayed.filter(([variable, name]) => names.has(name) && name !== variable);
}

/** A list in which each variable stands after those that it names, told by expanding it. */
const isRight = (list: readonly IndependentEntry[]) => stayedWithoutNeed(list).length === 0;

describe('the order of any list without a cycle', () => {
  test('leaves no reference to a listed name unexpanded', () => {
    fc.assert(
      fc.property(acyclicList, (list) => {
        expect(stayedWithoutNeed(orderEnv(list))).toEqual([]);
        expect(orderFaults(orderEnv(list))).toEqual([]);
      }),
      RUNS,
    );
  });

  test('loses and adds nothing', () => {
    fc.assert(
      fc.property(acyclicList, (list) => {
        expect(new Set(orderEnv(list))).toEqual(new Set(list));
        expect(orderEnv(list)).toHaveLength(list.length);
      }),
      RUNS,
    );
  });

  test('leaves a right list unchanged, and changes every other', () => {
    fc.assert(
      fc.property(acyclicList, (list) => {
        if (isRight(list)) expect(orderEnv(list)).toEqual(list);
        else expect(orderEnv(list)).not.toEqual(list);
        expect(orderFaults(list).length === 0).toBe(isRight(list));
      }),
      RUNS,
    );
  });

  test('is the same when it is made again', () => {
    fc.assert(
      fc.property(acyclicList, (list) => {
        const once = orderEnv(list);
        expect(orderEnv(once)).toEqual(once);
      }),
      RUNS,
    );
  });

  test('moves dependencies alone: what overtakes a variable is needed by that one, or by one that was written before it', () => {
    fc.assert(
      fc.property(acyclicList, (list) => {
        const ordered = orderEnv(list).map(({ name }) => name);
        const written = list.map(({ name }) => name);
        for (const [i, mover] of written.entries()) {
          const place = ordered.indexOf(mover);
          const overtaken = written.slice(0, i).findIndex((name) => ordered.indexOf(name) > place);
          if (overtaken === -1) continue;
          const users = written.slice(0, overtaken + 1).filter((name) => reaches(list, name, mover));
          expect(users).not.toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('puts what moved to just before its first user: between the two stand only things that this user needs', () => {
    fc.assert(
      fc.property(acyclicList, (list) => {
        const ordered = orderEnv(list).map(({ name }) => name);
        const written = list.map(({ name }) => name);
        let next = 0;
        for (const root of written) {
          const end = ordered.indexOf(root);
          if (end < next) continue;
          // everything emitted since the last variable of the author's walk is there because this one needs it
          for (const name of ordered.slice(next, end)) expect(reaches(list, root, name)).toBe(true);
          next = end + 1;
        }
        expect(next).toBe(ordered.length);
      }),
      { numRuns: 500 },
    );
  });

  test('reads no stale value of envFrom', () => {
    fc.assert(
      fc.property(acyclicList, source, (list, given) => {
        const selfless = list.filter(({ name, value: text }) => !text.includes(`$(${name})`));
        const names = new Set(selfless.map(({ name }) => name));
        const stale = Object.fromEntries(Object.keys(given).map((name) => [name, names.has(name) ? 'STALE' : 'fine']));
        const { values } = independentEnv(orderEnv(selfless), [stale]);
        for (const { name } of selfless) expect(values[name]).not.toContain('STALE');
      }),
      RUNS,
    );
  });
});

/** Whether a variable names another, directly or through others. */
function reaches(list: readonly IndependentEntry[], from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const text = list.find((entry) => entry.name === name)?.value ?? '';
    // an escape of the lists above never stands before another dollar, so what is left over is live
    const names = NAMES.filter((other) => other !== name && text.replaceAll('$$', '').includes(`$(${other})`));
    if (names.includes(to)) return true;
    open.push(...names.filter((other) => !seen.has(other)));
    names.forEach((other) => seen.add(other));
  }
  return false;
}

describe('any list at all', () => {
  test('has cycles that are paths of references, closed, and named in the error', () => {
    fc.assert(
      fc.property(anyList, (list) => {
        const { cycles, entries } = envOrder(list);
        expect(new Set(entries)).toEqual(new Set(list));
        for (const cycle of cycles) {
          expect(cycle.length).toBeGreaterThan(2);
          expect(cycle.at(-1)).toBe(cycle[0]);
          expect(new Set(cycle).size).toBe(cycle.length - 1);
          cycle.slice(1).forEach((name, i) => {
            expect(reaches(list, cycle[i] ?? '', name)).toBe(true);
          });
          expect(() => orderEnv(list)).toThrow(cycle.join(' → '));
        }
        // no order of a list with a cycle is right
        if (cycles.length > 0) expect(isRight(entries)).toBe(false);
      }),
      RUNS,
    );
  });

  test('expands as the independent kubelet expands it, duplicates, envFrom and services included', () => {
    const entries = fc.array(fc.record({ name: fc.constantFrom(...NAMES), value }));
    fc.assert(
      fc.property(entries, fc.array(source, { maxLength: 3 }), source, (env, envFrom, serviceVariables) => {
        const own = expandContainerEnv({ env, envFrom, serviceVariables });
        const judge = independentEnv(env, envFrom, serviceVariables);
        expect(new Map(Object.entries(own.values))).toEqual(new Map(Object.entries(judge.values)));
        expect(own.left.map(({ variable, name }) => [variable, name])).toEqual(judge.stayed);
      }),
      RUNS,
    );
  });
});
