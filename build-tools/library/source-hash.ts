/** What a build of the library was made from, so that tests which pack it need not build it once more each. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDERS = ['src', 'build-tools/library'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json'];

/** A hash of all that a build reads: code, settings, and the versions of packages. */
export async function sourceHash(): Promise<string> {
  const listed = await Promise.all(FOLDERS.map(async (folder) => await filesOf(folder)));
  const hash = createHash('sha256');
  for (const file of [...listed.flat(), ...FILES].sort()) hash.update(`${file}\0`).update(await readFile(file));
  return hash.digest('hex');
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
