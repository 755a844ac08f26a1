/** Where manifests are read from: files, folders with all below them, or standard input. */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exclusionOf } from './exclusion.ts';
import { unreadableFile } from './unreadable.ts';

/** A text that can be read from its start, in pieces. */
export interface TextSource {
  /** What a person calls it: the path as it was given, or `(standard input)`. */
  readonly name: string;
  /** Path of the file; undefined for standard input. */
  readonly path: string | undefined;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** Name under which standard input stands in messages. */
export const STANDARD_INPUT = '(standard input)';
const MANIFEST = /\.(ya?ml|json)$/i;
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules']);

/**
 * The sources that are meant by arguments; `-` is standard input, a folder all its .yaml, .yml and .json without hidden
 * folders and what is excluded. Throws `UnreadableError`; a folder below that cannot be read is a source that throws it.
 */
export async function textSources(
  names: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
  excluded: readonly string[] = [],
): Promise<readonly TextSource[]> {
  const isExcluded = exclusionOf(excluded);
  const lists = await Promise.all(
    names.map(async (name): Promise<readonly TextSource[]> => {
      if (name === '-') return [{ name: STANDARD_INPUT, path: undefined, open: () => stdin }];
      try {
        return (await stat(name)).isDirectory() ? await sourcesIn(name, name, isExcluded) : [fileSource(name)];
      } catch (error) {
        throw unreadableFile(name, error);
      }
    }),
  );
  return lists.flat();
}

/** A file. */
export function fileSource(path: string): TextSource {
  return { name: path, path, open: () => createReadStream(path) };
}

async function sourcesIn(
  folder: string,
  top: string,
  isExcluded: (path: string) => boolean,
): Promise<readonly TextSource[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const lists = await Promise.all(
    sorted.map(async (entry): Promise<readonly TextSource[]> => {
      const path = join(folder, entry.name);
      if (isExcluded(path) || isExcluded(path.slice(join(top, '/').length))) return [];
      if (entry.isDirectory()) return isSkipped(entry.name) ? [] : await sourcesBelow(path, top, isExcluded);
      if (!MANIFEST.test(entry.name)) return [];
      return [/\.json$/i.test(entry.name) ? jsonSource(path) : fileSource(path)];
    }),
  );
  return lists.flat();
}

/** The sources in a folder below; one that cannot be read does not keep the others from being read. */
async function sourcesBelow(
  folder: string,
  top: string,
  isExcluded: (path: string) => boolean,
): Promise<readonly TextSource[]> {
  try {
    return await sourcesIn(folder, top, isExcluded);
  } catch (error) {
    return [{ name: folder, path: folder, open: () => throwing(unreadableFile(folder, error)) }];
  }
}

/** What editors and tools keep in folders is no manifest: `.git`, `.github`, `.vscode`. */
function isSkipped(name: string): boolean {
  return name.startsWith('.') || SKIPPED_FOLDERS.has(name);
}

/** A JSON file that was found in a folder: a configuration of some tool, perhaps with comments, unless it has an object in it. */
function jsonSource(path: string): TextSource {
  return {
    name: path,
    path,
    open: async function* () {
      const bytes = await readFile(path);
      if (bytes.includes('"apiVersion"')) yield bytes;
    },
  };
}

function throwing(error: Error): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}
