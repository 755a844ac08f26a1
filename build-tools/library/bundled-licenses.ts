import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const LICENSE_FILES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license'];

/** The licences of the packages that a bundle holds, which ask to go along with every copy; empty when it holds none. */
export function bundledLicenses({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []);
  return [...new Set(folders)].sort().map(licenseOf).join('\n');
}

function licenseOf(folder: string): string {
  const file = LICENSE_FILES.map((name) => join(folder, name)).find(existsSync);
  if (file === undefined) throw new Error(`${folder} is bundled but has no licence file: ${LICENSE_FILES.join(', ')}`);
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return `${name}\n${'-'.repeat(name.length)}\n\n${readFileSync(file, 'utf8').trim()}\n`;
}
