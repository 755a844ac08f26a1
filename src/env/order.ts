/**
 * Puts variables after those that they mention, and moves nothing else. The list is walked as its author wrote it; before
 * a variable is emitted, those that it names and that are not emitted yet are, in the order in which it names them, and so
 * on down. A list that is right comes out unchanged.
 */
import { DeclarationError, type Fault } from './fault.ts';
import { referencesOf } from './scanner.ts';

/** Anything with a name and perhaps a literal value. */
export interface Orderable {
  readonly name: string;
  readonly value?: string | undefined;
}

/** What ordering gave. */
export interface EnvOrder<T> {
  /** All entries; those of a cycle stand as their author wrote them. */
  readonly entries: readonly T[];
  /** Each cycle once, as the names along it, the first one again at its end: `['A', 'B', 'A']`. */
  readonly cycles: readonly (readonly string[])[];
}

/** Orders the entries and names the cycles. Of duplicate names the last one counts as the definition. */
export function envOrder<T extends Orderable>(entries: readonly T[]): EnvOrder<T> {
  const position = new Map(entries.map(({ name }, i) => [name, i]));
  const needs = entries.map((entry, i) => dependencies(entry, i, position));
  const state = new Uint8Array(entries.length);
  const emitted: T[] = [];
  const cycles: string[][] = [];

  for (let root = 0; root < entries.length; root++) {
    if (state[root] !== WAITING) continue;
    state[root] = OPEN;
    // an explicit stack: chains of ten thousand variables must not exhaust the call stack
    const stack = [{ entry: root, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = needs[top.entry]?.[top.next++];
      if (need === undefined) {
        state[top.entry] = EMITTED;
        emitted.push(...entries.slice(top.entry, top.entry + 1));
        stack.pop();
      } else if (state[need] === WAITING) {
        state[need] = OPEN;
        stack.push({ entry: need, next: 0 });
      } else if (state[need] === OPEN) {
        const from = stack.findIndex(({ entry }) => entry === need);
        const path = stack.slice(from).map(({ entry }) => entries[entry]?.name ?? '');
        cycles.push([...path, path[0] ?? '']);
      }
    }
  }
  return { entries: emitted, cycles };
}

/** Orders the entries. Throws a `DeclarationError` that names each cycle. */
export function orderEnv<T extends Orderable>(entries: readonly T[], place = 'env'): T[] {
  const { entries: ordered, cycles } = envOrder(entries);
  if (cycles.length > 0) throw new DeclarationError(cycles.map((cycle) => cycleFault(cycle, place)));
  return [...ordered];
}

/** The fault of a cycle, with its path. */
export function cycleFault(cycle: readonly string[], place: string): Fault {
  return {
    rule: 'env-cycle',
    place,
    message: `${cycle.join(' → ')} go round in a circle, so one of them stays unexpanded wherever it stands: write out the value of one of them`,
  };
}

const WAITING = 0;
const OPEN = 1;
const EMITTED = 2;

function dependencies(entry: Orderable, self: number, position: ReadonlyMap<string, number>): readonly number[] {
  return referencesOf(entry.value ?? '').flatMap((name) => {
    const at = name === entry.name ? undefined : position.get(name);
    return at === undefined || at === self ? [] : [at];
  });
}
