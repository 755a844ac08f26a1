/** What a synthesis changed, in the words of `cdk8s-nats diff`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestSet, type ManifestSet } from '#manifests';
import { difference } from '../diff/difference.ts';
import { textReport } from '../diff/report.ts';
import { readObjects } from '#manifest-source';

/** What synthesis writes manifests into. */
const MANIFEST = /\.(ya?ml|json)$/;

/** Texts of a folder's manifests by name; nothing where there is no folder. */
export function manifestTexts(folder: string): ReadonlyMap<string, string> {
  let names: readonly string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  const files = names.filter((name) => MANIFEST.test(name)).sort();
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The difference of two folders; files that are the same are not read. */
export async function changesOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Promise<string> {
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  return textReport(difference(await objectsOf(before, changed), await objectsOf(after, changed)));
}

async function objectsOf(texts: ReadonlyMap<string, string>, names: readonly string[]): Promise<ManifestSet> {
  const sources = names.flatMap((name) => {
    const text = texts.get(name);
    if (text === undefined) return [];
    return [
      {
        name,
        path: undefined,
        open: async function* () {
          yield await Promise.resolve(Buffer.from(text));
        },
      },
    ];
  });
  return manifestSet(await readObjects(sources));
}
