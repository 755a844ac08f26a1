/** Objects as plain data: read from files or output, and compared. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';

/** An object of Kubernetes. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** The objects in a text. */
export function readObjects(text: string): readonly KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as KubeObject | null;
    return object === null ? [] : [object];
  });
}

/** The objects of all files below a folder. */
export function objectsBelow(folder: string): readonly KubeObject[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => readObjects(readFileSync(join(folder, name), 'utf8')));
}

/** Names of objects that are not the same on both sides; the order does not count. */
export function sameObjects(one: readonly KubeObject[], other: readonly KubeObject[]): readonly string[] {
  const [left, right] = [one, other].map((objects) => new Map(objects.map((object) => [titleOf(object), object])));
  return [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])].filter(
    (title) => !isDeepStrictEqual(left?.get(title), right?.get(title)),
  );
}

/** Objects that each of some services has, by kind; one list a service, in the same order. What not every service has is left over. */
export function splitByService(
  objects: readonly KubeObject[],
  services: readonly string[],
): { readonly shared: readonly (readonly KubeObject[])[]; readonly rest: readonly KubeObject[] } {
  const wanted = new Set(services);
  const byKind = new Map<string, Map<string, KubeObject>>();
  for (const object of objects) {
    if (!wanted.has(object.metadata.name)) continue;
    const ofKind = byKind.get(object.kind) ?? new Map<string, KubeObject>();
    byKind.set(object.kind, ofKind.set(object.metadata.name, object));
  }
  const shared = [...byKind.values()]
    .filter((ofKind) => ofKind.size === services.length)
    .map((ofKind) => services.flatMap((service) => ofKind.get(service) ?? []));
  const taken = new Set(shared.flat());
  return { shared, rest: objects.filter((object) => !taken.has(object)) };
}

function titleOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}
