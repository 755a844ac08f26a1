import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What keeps a folder from taking a new project; a repository that has no files yet does not. */
export function entriesInTheWay(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((entry) => entry !== '.git')
    .sort();
}

/** Writes files that do not exist yet, by path below a folder. If one cannot be written, removes the others and throws. */
export function writeAll(folder: string, files: ReadonlyMap<string, string>): void {
  const made: string[] = [];
  try {
    for (const [path, text] of files) {
      const file = join(folder, path);
      const firstFolder = mkdirSync(dirname(file), { recursive: true });
      if (firstFolder !== undefined) made.push(firstFolder);
      const opened = openSync(file, 'wx');
      made.push(file);
      try {
        writeFileSync(opened, text);
      } finally {
        closeSync(opened);
      }
    }
  } catch (error) {
    for (const path of made.reverse()) rmSync(path, { recursive: true, force: true });
    throw error;
  }
}
