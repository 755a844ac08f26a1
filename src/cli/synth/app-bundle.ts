/**
 * An app's own code in one file, bundled again only when a file that it came from has changed. Packages stay where they
 * are: the bundle names the files that the app's own imports resolve to.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { UsageError } from '../terminal/arguments.ts';
import { externalPackages } from './external-packages.ts';
import { ownPlaces } from './own-places.ts';

/** A bundle that can be run. */
export interface AppBundle {
  readonly file: string;
  /** Whether the app is a module of ES; else it is CommonJS. */
  readonly isModule: boolean;
}

/** What a bundle was made from, and its own files: each with what it was then, or that it was not there. */
type Inputs = Readonly<Record<string, string>>;

const RECORD = 'record.json';
const ABSENT = 'absent';

/** Where this command keeps what it may delete at any time. */
export function cacheFolder(folder: string): string {
  return join(folder, 'node_modules', '.cache', 'cdk8s-nats');
}

/** The folder of one entry's bundle. */
export function bundleFolder(entry: string, folder: string): string {
  return join(cacheFolder(folder), 'synth', createHash('sha256').update(entry).digest('hex').slice(0, 16));
}

/** The bundle of an entry as it stands, if no file that it came from has changed since. */
export function freshBundle(entry: string, folder: string): AppBundle | undefined {
  const inputs = recordOf(bundleFolder(entry, folder));
  if (inputs === undefined) return undefined;
  for (const [path, state] of Object.entries(inputs)) if (stateOf(path) !== state) return undefined;
  return bundleOf(entry, folder);
}

/** Bundles an entry. Rejects with esbuild's own error, which it has printed, where the app does not bundle. */
export async function makeBundle(entry: string, folder: string): Promise<AppBundle> {
  const { build } = await esbuild(folder);
  await build(bundleOptions(entry, folder));
  return bundleOf(entry, folder);
}

/** How an entry is bundled; its last plugin writes down what it came from. */
export function bundleOptions(entry: string, folder: string): BuildOptions {
  const { file, isModule } = bundleOf(entry, folder);
  mkdirSync(dirname(file), { recursive: true });
  return {
    absWorkingDir: folder,
    entryPoints: [entry],
    outdir: dirname(file),
    entryNames: 'app',
    chunkNames: '[hash]',
    outExtension: { '.js': extname(file) },
    bundle: true,
    // without it, a module that is imported on demand becomes a function that others must call first
    splitting: isModule,
    // Node knows no sideEffects
    ignoreAnnotations: !isModule,
    platform: 'node',
    target: `node${process.versions.node}`,
    format: isModule ? 'esm' : 'cjs',
    sourcemap: true,
    sourcesContent: false,
    keepNames: true,
    metafile: true,
    logLevel: 'warning',
    plugins: [externalPackages(isModule), ownPlaces(), recorded(entry, folder)],
  };
}

/** esbuild as the app has it, else as this package finds it. Throws a `UsageError` where neither is there. */
export async function esbuild(folder: string): Promise<typeof import('esbuild')> {
  for (const from of [join(folder, 'package.json'), import.meta.url]) {
    let path: string;
    try {
      path = createRequire(from).resolve('esbuild');
    } catch {
      continue;
    }
    return ((await import(pathToFileURL(path).href)) as { default: typeof import('esbuild') }).default;
  }
  throw new UsageError('esbuild, which bundles the app, is not installed: run npm install --save-dev esbuild');
}

function bundleOf(entry: string, folder: string): AppBundle {
  const isModule = isModuleFile(entry);
  return { file: join(bundleFolder(entry, folder), isModule ? 'app.mjs' : 'app.cjs'), isModule };
}

/** Whether Node takes a file for a module of ES: by its name, else by the package that it lies in. */
function isModuleFile(file: string): boolean {
  if (/\.m[jt]s$/.test(file)) return true;
  if (/\.c[jt]s$/.test(file)) return false;
  const description = foldersAbove(file)
    .map((above) => join(above, 'package.json'))
    .find((path) => existsSync(path));
  if (description === undefined) return false;
  return (JSON.parse(readFileSync(description, 'utf8')) as { type?: unknown }).type === 'module';
}

function recordOf(folder: string): Inputs | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as Inputs;
  } catch {
    return undefined;
  }
}

/** Writes the files that a bundle came from beside it, whole or not at all. */
function recorded(entry: string, folder: string): Plugin {
  return {
    name: 'recorded',
    setup(build) {
      build.onEnd(({ metafile }) => {
        if (metafile === undefined) return;
        const record = join(bundleFolder(entry, folder), RECORD);
        writeFileSync(`${record}.${process.pid}`, JSON.stringify(inputsOf(metafile, folder)));
        renameSync(`${record}.${process.pid}`, record);
      });
    },
  };
}

/**
 * Source files and their folders, where a new file may take over an import; the packages that were resolved, the settings
 * above them that decide how they are read, the bundle itself, and this file.
 */
function inputsOf(metafile: Metafile, folder: string): Inputs {
  const sources = Object.keys(metafile.inputs).map((input) => resolve(folder, input.replace(/^[a-z-]+:/, '')));
  const packages = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports.map(({ path }) => path))
    .filter((path) => path.startsWith('/') || path.startsWith('file:'))
    .map((path) => (path.startsWith('file:') ? new URL(path).pathname : path));
  const above = new Set([...sources].flatMap(foldersAbove));
  const descriptions = [...above].flatMap((place) => [join(place, 'package.json'), join(place, 'tsconfig.json')]);
  const all = [
    fileURLToPath(import.meta.url),
    ...sources,
    ...sources.map((source) => dirname(source)),
    ...Object.keys(metafile.outputs).map((output) => resolve(folder, output)),
    ...packages,
    ...descriptions,
    ...descriptions.flatMap(extended),
  ];
  return Object.fromEntries([...new Set(all)].sort().map((path) => [path, stateOf(path)]));
}

/** The files that a tsconfig.json stands on. */
function extended(path: string): readonly string[] {
  if (!path.endsWith('.json') || !existsSync(path)) return [];
  const [, names = ''] = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(readFileSync(path, 'utf8')) ?? [];
  return [...names.matchAll(/"(\.[^"]*)"/g)].flatMap(([, name = '']) => {
    const base = resolve(dirname(path), extname(name) === '.json' ? name : `${name}.json`);
    return [base, ...extended(base)];
  });
}

/** What an import without an extension may find. */
function isCode(name: string): boolean {
  return /\.([cm]?[jt]sx?|json)$/.test(name);
}

function stateOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return ABSENT;
  // other files come and go in a folder without a meaning for its imports
  if (found.isDirectory()) return readdirSync(path).filter(isCode).sort().join('/');
  return `${found.mtimeMs}:${found.size}`;
}

function foldersAbove(file: string): readonly string[] {
  const folder = dirname(file);
  return folder === file ? [] : [folder, ...foldersAbove(folder)];
}
