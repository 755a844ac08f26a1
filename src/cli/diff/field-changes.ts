import { isDeepStrictEqual } from 'node:util';

/** A field that differs; undefined stands for one that is not there. */
export interface FieldChange {
  /** Where, as people write it: `spec.template.spec.containers[main].image`. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Fields that differ, as deep as they can be told apart. Items of lists that have names are compared by them. */
export function fieldChanges(before: unknown, after: unknown, field = ''): readonly FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [old, now] = [childrenOf(before), childrenOf(after)];
  if (old === undefined || now === undefined || old.list !== now.list) return [{ field, before, after }];
  const keys = new Set([...old.items.keys(), ...now.items.keys()]);
  const changes = [...keys].flatMap((key) =>
    fieldChanges(old.items.get(key), now.items.get(key), old.list ? `${field}[${key}]` : joined(field, key)),
  );
  // the same items in another order
  return changes.length > 0 ? changes : [{ field, before, after }];
}

interface Children {
  readonly list: boolean;
  readonly items: ReadonlyMap<string, unknown>;
}

function childrenOf(value: unknown): Children | undefined {
  if (Array.isArray(value)) {
    const names = value.map(nameOf);
    if (names.some((name) => name === undefined) || new Set(names).size < names.length) return undefined;
    return { list: true, items: new Map(value.map((item: unknown, index) => [names[index] ?? '', item])) };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return { list: false, items: new Map(Object.entries(value)) };
}

function nameOf(item: unknown): string | undefined {
  const name = typeof item === 'object' && item !== null ? (item as { readonly name?: unknown }).name : undefined;
  return typeof name === 'string' ? name : undefined;
}

function joined(field: string, key: string): string {
  const step = /^[\w-]+$/.test(key) ? key : `["${key}"]`;
  return field === '' || step.startsWith('[') ? field + step : `${field}.${step}`;
}
