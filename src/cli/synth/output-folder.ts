import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { UsageError } from '../terminal/arguments.ts';
import { cacheFolder } from './app-bundle.ts';
import { filesBelow } from './folder-replacement.ts';

/** Files that no synthesis writes: in a folder that has one, something else lives. */
const FOREIGN = /(^|[\\/])(package\.json|cdk8s\.yaml|tsconfig\.json|\.git([\\/].*)?|[^\\/]+\.[cm]?[jt]sx?)$/;
const RESERVED = ['node_modules', '.git'];

/**
 * The folder that a synthesis replaces, as an absolute path. Throws a `UsageError` where that would delete the app or other
 * code: in the app's folder and those above it, in `node_modules` and `.git`, and in a folder that holds code.
 */
export function outputFolder(name: string, folder: string): string {
  const output = resolve(folder, name);
  // --check synthesizes into the cache
  if (isWithin(output, cacheFolder(folder))) return output;
  const place = existsSync(output) ? realpathSync(output) : output;
  if (existsSync(place) && !statSync(place).isDirectory()) {
    throw new UsageError(`--output ${name} is a file: name a folder`);
  }
  const app = realpathSync(folder);
  const refuse = (what: string): never => {
    throw new UsageError(`--output ${name} ${what}, and its files would be deleted: name a folder of its own`);
  };
  if (app === place || isWithin(app, place)) refuse('contains the app');
  const reserved = RESERVED.find((it) => relative(app, place).split(sep).includes(it) || basename(place) === it);
  if (reserved !== undefined) refuse(`is in ${reserved}`);
  const foreign = [...filesBelow(place)].find((file) => FOREIGN.test(file));
  if (foreign !== undefined) refuse(`holds ${foreign}, which no synthesis writes`);
  return output;
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
