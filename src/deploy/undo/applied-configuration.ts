/**
 * What a field manager has applied, taken out of a live object by `metadata.managedFields`
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management): applying it again gives the object
 * back as it was. So a deployment can be undone without the manifests of the one before.
 */
import { isDeepStrictEqual } from 'node:util';
import { Cursor } from '#manifests';

type Fields = Readonly<Record<string, unknown>>;

/** The configuration that a manager has applied; undefined when it has applied none. */
export function appliedConfiguration(object: unknown, manager: string): Fields | undefined {
  const top = new Cursor(object);
  const entry = top
    .at('metadata', 'managedFields')
    .items.find((it) => it.at('manager').text === manager && it.at('operation').text === 'Apply');
  if (entry === undefined) return undefined;
  const own = extract(object, entry.at('fieldsV1').value) as Fields;
  const names = { name: top.at('metadata', 'name').value, namespace: top.at('metadata', 'namespace').value };
  return {
    ...{ apiVersion: top.at('apiVersion').value, kind: top.at('kind').value },
    ...own,
    metadata: { ...(own['metadata'] as Fields | undefined), ...names },
  };
}

function extract(value: unknown, fields: unknown): unknown {
  const owned = isRecord(fields) ? Object.entries(fields).filter(([key]) => key !== '.') : [];
  // a leaf: all that is below is owned
  if (owned.length === 0) return value;
  return Array.isArray(value) ? extractItems(value, owned) : extractMembers(value, owned);
}

function extractMembers(value: unknown, owned: readonly (readonly [string, unknown])[]): Fields {
  const members = isRecord(value) ? value : {};
  return Object.fromEntries(
    owned.flatMap(([key, below]) => {
      const name = key.slice('f:'.length);
      return Object.hasOwn(members, name) ? [[name, extract(members[name], below)]] : [];
    }),
  );
}

/** Items in the order in which they stand, for order means something in `env`. */
function extractItems(items: readonly unknown[], owned: readonly (readonly [string, unknown])[]): readonly unknown[] {
  return items.flatMap((item, index) => {
    const found = owned.find(([key]) => isItem(key, item, index));
    if (found === undefined) return [];
    const [key, below] = found;
    if (!key.startsWith('k:')) return [item];
    // the keys belong to the item although they may not be among its fields
    const keys = JSON.parse(key.slice('k:'.length)) as Fields;
    return [isBare(below) ? keys : { ...keys, ...(extract(item, below) as Fields) }];
  });
}

/** Whether only the item's being there is owned. */
function isBare(fields: unknown): boolean {
  return isRecord(fields) && isDeepStrictEqual(Object.keys(fields), ['.']);
}

function isItem(key: string, item: unknown, index: number): boolean {
  const [kind, text] = [key.slice(0, 2), key.slice(2)];
  if (kind === 'i:') return Number(text) === index;
  if (kind === 'v:') return isDeepStrictEqual(JSON.parse(text), item);
  if (!isRecord(item)) return false;
  // a key that the item lacks has its default, such as the protocol of a port
  return Object.entries(JSON.parse(text) as Fields).every(([name, value]) => isDeepStrictEqual(item[name], value));
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
