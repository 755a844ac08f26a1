/** Where manifests are read from: files, folders with all below them, or standard input. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
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
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** The sources that are meant by arguments; `-` is standard input, a folder all its .yaml, .yml and .json. Throws `UnreadableError`. */
export async function textSources(
  names: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
): Promise<readonly TextSource[]> {
  const lists = await Promise.all(
    names.map(async (name) => {
      if (name === '-') return [{ name: STANDARD_INPUT, path: undefined, open: () => stdin }];
      return (await filesOf(name)).map(fileSource);
    }),
  );
  return lists.flat();
}

/** A file. */
export function fileSource(path: string): TextSource {
  return { name: path, path, open: () => createReadStream(path) };
}

async function filesOf(name: string): Promise<readonly string[]> {
  try {
    return (await stat(name)).isDirectory() ? await manifestsIn(name) : [name];
  } catch (error) {
    throw unreadableFile(name, error);
  }
}

async function manifestsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const lists = await Promise.all(
    sorted.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : await manifestsIn(path);
      return MANIFEST.test(entry.name) ? [path] : [];
    }),
  );
  return lists.flat();
}
