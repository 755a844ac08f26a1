import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What became of a folder. */
export interface Replacement {
  /** Files that it holds now. */
  readonly files: number;
  /** Files that are new or have different content. */
  readonly written: number;
  /** Files that were there and are no longer synthesized. */
  readonly removed: number;
}

/**
 * Makes a folder hold what another holds and nothing else, as the command line of cdk8s does by deleting it first.
 * Unchanged files are not touched; others are replaced atomically.
 */
export function replaceFolder(folder: string, source: string): Replacement {
  const names = filesBelow(source);
  const before = filesBelow(folder);
  let written = 0;
  for (const name of names) {
    const content = readFileSync(join(source, name));
    if (before.has(name) && readFileSync(join(folder, name)).equals(content)) continue;
    write(join(folder, name), content);
    written += 1;
  }
  const removed = [...before].filter((name) => !names.has(name));
  for (const name of removed) rmSync(join(folder, name));
  if (removed.length > 0) removeEmptyFolders(folder);
  return { files: names.size, written, removed: removed.length };
}

/** Files of a folder and of those below it, by their path in it; none where there is no folder. */
export function filesBelow(folder: string): ReadonlySet<string> {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return new Set(
      entries.filter((it) => !it.isDirectory()).map((it) => relative(folder, join(it.parentPath, it.name))),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw error;
  }
}

function write(path: string, content: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`;
  writeFileSync(part, content);
  renameSync(part, path);
}

function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    removeEmptyFolders(path);
    if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
  }
}
