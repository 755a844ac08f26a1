/** The same objects for kustomize: a base with what all services share, an overlay a service with its patches, the rest as resources. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { splitByService, type KubeObject } from './objects.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Writes a kustomization into a folder. */
export function writeKustomization(folder: string, objects: readonly KubeObject[], services: readonly string[]): void {
  const { shared, rest } = splitByService(objects, services);
  const bases = shared.map((ofKind) => named(sharedPart(ofKind) as KubeObject));
  write(folder, 'base', { kustomization: { resources: bases.map(fileOf) }, ...byFile(bases) });
  services.forEach((service, index) => {
    const patches = shared.flatMap((ofKind, kind) => {
      const [base, object] = [bases[kind], ofKind[index]];
      return base === undefined || object === undefined ? [] : [{ base, operations: operations(base, object, '') }];
    });
    write(folder, join('overlays', service), {
      kustomization: {
        resources: ['../../base'],
        patches: patches.map(({ base }) => ({ target: { kind: base.kind }, path: fileOf(base) })),
      },
      ...Object.fromEntries(patches.map(({ base, operations: list }) => [nameOf(base), list])),
    });
  });
  write(folder, 'rest', {
    kustomization: { resources: rest.map((object, index) => `${index}-${fileOf(object)}`) },
    ...Object.fromEntries(rest.map((object, index) => [`${index}-${nameOf(object)}`, object])),
  });
  write(folder, '.', { kustomization: { resources: ['rest', ...services.map((service) => `overlays/${service}`)] } });
}

/** What some values have in common; undefined where they differ. */
function sharedPart(values: readonly unknown[]): unknown {
  const [first, ...others] = values;
  if (others.every((other) => isDeepStrictEqual(first, other))) return first;
  if (values.every(Array.isArray)) {
    const lists = values as readonly (readonly unknown[])[];
    const [length, isSame] = [lists[0]?.length ?? 0, lists.every((list) => list.length === lists[0]?.length)];
    if (!isSame || !lists.flat().every(isPlain)) return undefined;
    return Array.from({ length }, (_, index) => sharedPart(lists.map((list) => list[index])) ?? {});
  }
  if (!values.every(isPlain)) return undefined;
  const maps = values as readonly Plain[];
  const keys = Object.keys(maps[0] ?? {}).filter((key) => maps.every((map) => Object.hasOwn(map, key)));
  const parts = keys.map((key) => [key, sharedPart(maps.map((map) => map[key]))] as const);
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
}

/** JSON patch operations that make one value of another. */
function operations(base: unknown, wanted: unknown, path: string): readonly object[] {
  if (isDeepStrictEqual(base, wanted)) return [];
  if (Array.isArray(base) && Array.isArray(wanted) && base.length === wanted.length) {
    return base.flatMap((item, index) => operations(item, wanted[index], `${path}/${index}`));
  }
  if (!isPlain(base) || !isPlain(wanted)) return [{ op: 'replace', path, value: wanted }];
  return Object.entries(wanted).flatMap(([key, value]) => {
    const place = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return Object.hasOwn(base, key) ? operations(base[key], value, place) : [{ op: 'add', path: place, value }];
  });
}

function named(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, name: 'service' } };
}

function byFile(objects: readonly KubeObject[]): Plain {
  return Object.fromEntries(objects.map((object) => [nameOf(object), object]));
}

function nameOf({ kind }: KubeObject): string {
  return kind.toLowerCase();
}

function fileOf(object: KubeObject): string {
  return `${nameOf(object)}.yaml`;
}

function write(folder: string, place: string, files: Plain): void {
  mkdirSync(join(folder, place), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, place, `${name}.yaml`), stringify(content, { lineWidth: 0, version: '1.1' }));
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
