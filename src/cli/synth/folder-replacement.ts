import type { RenderedApp } from '#cdk8s-nats';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What became of a folder. */
export interface Replacement {
  /** Files that it holds now. */
  readonly files: number;
  /** Files that are new or have another text. */
  readonly written: number;
  /** Files that were there and are no longer rendered. */
  readonly removed: number;
}

/**
 * Makes a folder hold what was rendered and nothing else, as the command line of cdk8s does by deleting it first. A file
 * that is right already is left alone, and each other one is replaced in one step: who reads the folder meanwhile finds
 * whole files.
 */
export function replaceFolder(folder: string, rendered: readonly RenderedApp[]): Replacement {
  const texts = new Map(
    rendered.flatMap(({ outdir, files }) =>
      [...files].map(([name, text]): [string, string] => [relative(folder, join(outdir, name)), text]),
    ),
  );
  const outside = [...texts.keys()].filter((name) => name.startsWith('..'));
  if (outside.length > 0) {
    throw new Error(`${outside.join(', ')}: lies outside ${folder}, which is replaced as a whole: render it below`);
  }
  const before = filesBelow(folder);
  const changed = [...texts].filter(([name, text]) => !before.has(name) || textOf(join(folder, name)) !== text);
  for (const [name, text] of changed) write(join(folder, name), text);
  const removed = [...before].filter((name) => !texts.has(name));
  for (const name of removed) rmSync(join(folder, name));
  if (removed.length > 0) removeEmptyFolders(folder);
  return { files: texts.size, written: changed.length, removed: removed.length };
}

function filesBelow(folder: string): ReadonlySet<string> {
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

function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`;
  writeFileSync(part, text);
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
