/**
 * `assemble.ts <service> <folder>`: puts into a folder what the image of one service holds, its bundle and the packages
 * that no bundle can hold, as `npm ci` installed them.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const BUNDLES = 'build/services';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const [service = '', target = ''] = process.argv.slice(2);
const bundle = join(BUNDLES, `${service}.mjs`);
if (!existsSync(bundle) || target === '') {
  const built = readdirSync(BUNDLES).filter((file) => file.endsWith('.mjs'));
  const names = built.map((file) => file.replace('.mjs', '')).join(', ');
  throw new Error(`service is ${JSON.stringify(service)}, must be one of ${names}: set --build-arg SERVICE=<name>`);
}
mkdirSync(target, { recursive: true });
cpSync(bundle, join(target, 'main.mjs'));
cpSync(`${bundle}.map`, join(target, `${service}.mjs.map`));
for (const name of withDependencies(externalsOf(service))) {
  cpSync(join('node_modules', name), join(target, 'node_modules', name), { recursive: true });
}

function externalsOf(name: string): string[] {
  const all = readJson<Record<string, Record<string, string>>>(join(BUNDLES, 'externals.json'));
  return Object.keys(all[name] ?? {});
}

/** The packages and, as far as they are installed here, all that they need. */
function withDependencies(names: readonly string[]): Set<string> {
  const found = new Set(names);
  for (const name of found) {
    const { dependencies = {}, optionalDependencies = {} } = readJson<Manifest>(
      join('node_modules', name, 'package.json'),
    );
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (existsSync(join('node_modules', needed))) found.add(needed);
    }
  }
  return found;
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
