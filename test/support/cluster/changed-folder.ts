import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import type { ClusterAddress } from './cluster.ts';

type Fields = Record<string, unknown>;

/** A copy of a folder of manifests in which some objects are other; `undefined` leaves a file out. */
export function changedFolder(
  cluster: ClusterAddress,
  dist: string,
  changes: Readonly<Record<string, ((object: Fields) => void) | undefined>>,
): string {
  const folder = mkdtempSync(join(cluster.folder, 'changed-'));
  for (const name of readdirSync(dist).filter((it) => it.endsWith('.yaml')))
    cpSync(join(dist, name), join(folder, name));
  for (const [name, change] of Object.entries(changes)) {
    const file = join(folder, name);
    if (change === undefined) {
      rmSync(file);
      continue;
    }
    const documents = parseAllDocuments(readFileSync(file, 'utf8')) as { toJS: () => unknown }[];
    const objects = documents.map((document) => document.toJS() as Fields);
    objects.forEach(change);
    writeFileSync(file, objects.map((object) => stringify(object)).join('---\n'));
  }
  return folder;
}
