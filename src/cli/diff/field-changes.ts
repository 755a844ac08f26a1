import { isDeepStrictEqual } from 'node:util';
import { ConcealedText } from './credentials.ts';

/** A field that differs; undefined stands for one that is not there. */
export interface FieldChange {
  /** Where, as people write it: `spec.template.spec.containers[main].image`. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
  /** What is said in place of both values, where they are too much to show. */
  readonly summary?: string;
}

/** Fields by which the items of a list are told apart, the first that all of them have and no two share. */
const KEYS: readonly (readonly string[])[] = [
  ['name'],
  ['metadata', 'name'],
  ['mountPath'],
  ['key', 'effect'],
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
  ['key'],
  ['path'],
  ['host'],
  ['ip'],
  ['topologyKey'],
];

/** Fields that differ, as deep as they can be told apart. Items of lists are compared by their names, else by their places. */
export function fieldChanges(before: unknown, after: unknown, field = ''): readonly FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, field);
  if (!isMap(before) || !isMap(after)) return [{ field, before, after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => fieldChanges(before[key], after[key], joined(field, key)));
}

function listChanges(before: readonly unknown[], after: readonly unknown[], field: string): readonly FieldChange[] {
  const names = namesOf([...before, ...after], before.length);
  if (names === undefined) return unnamedChanges(before, after, field);
  const [old, now] = names.map(
    (list, side) => new Map(list.map((name, index) => [name, [before, after][side]?.[index]])),
  );
  const keys = new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])]);
  const changes = [...keys].flatMap((key) => fieldChanges(old?.get(key), now?.get(key), `${field}[${key}]`));
  // the same items in another order
  return changes.length > 0 ? changes : [{ field: `${field} (order)`, before: names[0], after: names[1] }];
}

/** Names of the items of two lists; undefined when nothing tells them apart. */
function namesOf(items: readonly unknown[], length: number): readonly [string[], string[]] | undefined {
  for (const path of KEYS) {
    const names = items.map((item) => nameOf(item, path));
    const known = names.filter((name) => name !== undefined);
    const sides = [known.slice(0, length), known.slice(length)] as const;
    if (known.length === items.length && sides.every((side) => new Set(side).size === side.length)) {
      return [[...sides[0]], [...sides[1]]];
    }
  }
  return undefined;
}

/** `a` for one field, `a/b` for a pair; a path into metadata names one field. */
function nameOf(item: unknown, path: readonly string[]): string | undefined {
  if (!isMap(item)) return undefined;
  const values = path[0] === 'metadata' ? [mapAt(item, 'metadata')?.['name']] : path.map((key) => item[key]);
  const [first] = values;
  if (typeof first !== 'string' && typeof first !== 'number') return undefined;
  return values.filter((value) => value !== undefined).join('/');
}

/** Items of one place each, or what came and what went. */
function unnamedChanges(before: readonly unknown[], after: readonly unknown[], field: string): readonly FieldChange[] {
  if (before.length === after.length) {
    const isOrder = before.every((item) => after.some((other) => isDeepStrictEqual(item, other)));
    if (isOrder) return [{ field: `${field} (order)`, before, after }];
    return before.flatMap((item, index) => fieldChanges(item, after[index], `${field}[${index}]`));
  }
  const rest = [...after];
  const gone = before.flatMap((item, index) => {
    const twin = rest.findIndex((other) => isDeepStrictEqual(item, other));
    if (twin === -1) return [{ field: `${field}[${index}]`, before: item, after: undefined }];
    rest.splice(twin, 1);
    return [];
  });
  const come = rest.map((item) => ({ field: `${field}[${after.lastIndexOf(item)}]`, before: undefined, after: item }));
  return [...gone, ...come];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ConcealedText);
}

function mapAt(item: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> | undefined {
  const value = item[key];
  return isMap(value) ? value : undefined;
}

function joined(field: string, key: string): string {
  const step = /^[\w-]+$/.test(key) ? key : `["${key}"]`;
  return field === '' || step.startsWith('[') ? field + step : `${field}.${step}`;
}
