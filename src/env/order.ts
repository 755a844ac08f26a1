/**
 * The order of a list of variables: each after those that it names, and otherwise as its author wrote it.
 *
 * The list is walked as it stands; before a variable is emitted, those that it names and that are not emitted yet are, in
 * the order in which it names them, and so on down. A right list therefore stays as it is, and only dependencies move, to
 * just before their first user. A variable that names itself reads an earlier value of its name, so that is no dependency.
 */
import { assertNoFaults, type EnvFault } from './fault.ts';
import { placeOf } from './place.ts';
import { referencesOf } from './scanner.ts';

/** The parts of an entry that determine its position. */
export interface Orderable {
  /** Name of the variable. */
  readonly name: string;
  /** Its literal. @default - it names nothing */
  readonly value?: string | undefined;
}

/** An order, and its faults. */
export interface EnvOrder<T> {
  /** The entries, each after those that it references. In a cycle, one reference is not honoured. */
  readonly entries: T[];
  /** Names along each cycle, with the first repeated at the end; at most twenty cycles. */
  readonly cycles: readonly (readonly string[])[];
}

/** Maximum of reported cycles: more do not help, and each may be as long as the list. */
const MOST_CYCLES = 20;

/**
 * Puts each entry after those that it references, and moves nothing else. Names must be unique. Throws a
 * `DeclarationError` that names every cycle and every duplicate.
 */
export function orderEnv<T extends Orderable>(entries: readonly T[], place = ''): T[] {
  const order = envOrder(entries);
  assertNoFaults([...duplicateFaults(entries, place), ...cycleFaults(order.cycles, place)]);
  return order.entries;
}

/** As {@link orderEnv}, but returns cycles instead of throwing; a reference to a duplicate name means the last one. */
export function envOrder<T extends Orderable>(entries: readonly T[]): EnvOrder<T> {
  if (isInOrder(entries)) return { entries: [...entries], cycles: [] };
  const walk = new Walk(entries);
  entries.forEach((_, index) => {
    walk.emit(index);
  });
  return { entries: walk.emitted, cycles: walk.cycles };
}

/** Whether nothing would move: each name that a value holds is the last of its name and stands before. Most lists are so. */
function isInOrder(entries: readonly Orderable[]): boolean {
  let indexes: ReadonlyMap<string, number> | undefined;
  return entries.every(({ name: user, value = '' }, at) => {
    const names = referencesOf(value);
    if (names.length === 0) return true;
    const known = (indexes ??= new Map(entries.map(({ name }, index) => [name, index])));
    return names.every((name) => name === user || (known.get(name) ?? -1) < at);
  });
}

/** One fault for each cycle, with its path. */
export function cycleFaults(cycles: readonly (readonly string[])[], place: string): EnvFault[] {
  return cycles.map((path) => ({
    rule: 'env-cycle',
    place: placeOf(place, path[0] ?? ''),
    message: `${path.join(' → ')} is a cycle, each variable must come after those it references: remove one of the references`,
  }));
}

/** One fault for each name that occurs more than once. */
export function duplicateFaults(entries: readonly Orderable[], place: string): EnvFault[] {
  if (new Set(entries.map(({ name }) => name)).size === entries.length) return [];
  const counts = new Map<string, number>();
  for (const { name } of entries) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([name, count]) => ({
      rule: 'env-duplicate',
      place: placeOf(place, name),
      message: `${name} is declared ${count} times, names must be unique (the kubelet uses the last, server-side apply refuses the list): keep one`,
    }));
}

interface Visit {
  readonly index: number;
  readonly dependencies: readonly number[];
  next: number;
}

/** A depth-first walk of the references, with an explicit stack: a chain may be as long as the list. */
class Walk<T extends Orderable> {
  readonly emitted: T[] = [];
  readonly cycles: string[][] = [];
  private readonly entries: readonly T[];
  private readonly indexes: ReadonlyMap<string, number>;
  private readonly stack: Visit[] = [];
  private readonly entered = new Set<number>();
  private readonly left = new Set<number>();

  constructor(entries: readonly T[]) {
    this.entries = entries;
    this.indexes = new Map(entries.map((entry, index) => [entry.name, index]));
  }

  emit(start: number): void {
    this.enter(start);
    for (let visit = this.stack.at(-1); visit !== undefined; visit = this.stack.at(-1)) {
      const dependency = visit.dependencies[visit.next++];
      if (dependency === undefined) this.leave(visit);
      else if (this.entered.has(dependency) && !this.left.has(dependency)) this.noteCycle(dependency);
      else this.enter(dependency);
    }
  }

  private enter(index: number): void {
    const entry = this.entries[index];
    if (entry === undefined || this.entered.has(index)) return;
    this.entered.add(index);
    const dependencies = referencesOf(entry.value ?? '')
      .filter((name) => name !== entry.name)
      .flatMap((name) => this.indexes.get(name) ?? []);
    this.stack.push({ index, dependencies, next: 0 });
  }

  private leave(visit: Visit): void {
    this.stack.pop();
    this.left.add(visit.index);
    const entry = this.entries[visit.index];
    if (entry !== undefined) this.emitted.push(entry);
  }

  private noteCycle(first: number): void {
    if (this.cycles.length >= MOST_CYCLES) return;
    const from = this.stack.findIndex((visit) => visit.index === first);
    const names = this.stack.slice(from).map((visit) => this.entries[visit.index]?.name ?? '');
    this.cycles.push([...names, names[0] ?? '']);
  }
}
