/** Every object of which test/cluster asks a real API server what it stores. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { WrittenObject } from '../cluster/sample-objects.ts';
import { CLUSTER_SHAPES } from './cluster-shapes.ts';
import { NETWORK_SHAPES } from './network-shapes.ts';
import type { Shape } from './shape.ts';
import { STORAGE_SHAPES } from './storage-shapes.ts';
import { WORKLOAD_SHAPES } from './workload-shapes.ts';

/** What is built from. */
export const SHAPES: readonly Shape[] = [...WORKLOAD_SHAPES, ...NETWORK_SHAPES, ...STORAGE_SHAPES, ...CLUSTER_SHAPES];

const WRITTEN = join(import.meta.dirname, 'written');

/** Objects in the files of public repositories' shape beside this file. */
export function writtenObjects(): readonly WrittenObject[] {
  return readdirSync(WRITTEN).flatMap((file) => objectsIn(readFileSync(join(WRITTEN, file), 'utf8')));
}

/** Objects in a text, those in a List among them. */
export function objectsIn(text: string): readonly WrittenObject[] {
  const documents = parseAllDocuments(text, { merge: true }).map((it) => it.toJS() as WrittenObject | null);
  return documents.flatMap((it) => {
    if (it === null) return [];
    return it.kind === 'List' ? (it['items'] as readonly WrittenObject[]) : [it];
  });
}
