import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of one service by their path below its folder. */
export type ServiceFiles = ReadonlyMap<string, string>;

const REQUIRED = ['main.ts', 'definition.ts', 'service.ts', 'handlers.ts', 'tables.ts', 'migrations.ts'];
const WHERE_NEEDED = ['consumers.ts', 'access.ts', 'metrics.ts', 'README.md'];
const FOLDERS = ['repository', 'use-cases', 'views'];

/** What each file exports, so that the same import works in every service. */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  'definition.ts': ['definition'],
  'service.ts': ['Service', 'Database', 'Transaction'],
  'handlers.ts': ['handlers'],
  'consumers.ts': ['consumers'],
  'tables.ts': ['Tables'],
  'migrations.ts': ['migrations'],
  'metrics.ts': ['metrics'],
};

/** Reads the files of a service. */
export function filesOf(folder: string): ServiceFiles {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** Where a service leaves the floor plan; `features` are the folders of its own that services/README.md gives a reason for. */
export function faultsOf(files: ServiceFiles, features: readonly string[]): string[] {
  const faults = REQUIRED.filter((file) => !files.has(file)).map((file) => `${file} is missing`);
  for (const [path, text] of files) {
    const [folder = '', ...below] = path.split('/');
    if (below.length === 0) faults.push(...faultsOfRootFile(path, text));
    else if (!FOLDERS.includes(folder) && !features.includes(folder)) {
      faults.push(`${path}: services/README.md gives no reason for the folder ${folder}`);
    }
    if (folder === 'use-cases') faults.push(...faultsOfUseCase(path, text));
    if (folder === 'repository') faults.push(...faultsOfRepository(path, text));
    if (path !== 'main.ts' && /from '\.{1,2}\/definition\.ts'/.test(text)) {
      faults.push(`${path} imports definition.ts, only main.ts may`);
    }
  }
  const folders = new Set([...files.keys()].map((path) => path.split('/')[0]));
  const gone = features.filter((feature) => !folders.has(feature));
  return [...faults, ...gone.map((feature) => `${feature}/ is in services/README.md and not in the service`)];
}

function faultsOfRootFile(path: string, text: string): string[] {
  if (![...REQUIRED, ...WHERE_NEEDED].includes(path)) return [`${path} is no file of the plan`];
  const missing = (EXPORTS[path] ?? []).filter((name) => !exportsOf(text).includes(name));
  const faults = missing.map((name) => `${path} does not export ${name}`);
  const imported = [...text.matchAll(/from '(\.[^']+)'/g)].map((match) => match[1]);
  if (path === 'service.ts' && imported.some((file) => file !== './tables.ts')) {
    faults.push('service.ts imports a part, only tables.ts may be imported');
  }
  return faults;
}

/** A use case is one function, named as its file. */
function faultsOfUseCase(path: string, text: string): string[] {
  const name = path.replace(/^use-cases\/|\.ts$/g, '');
  const expected = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const functions = [...text.matchAll(/^export (?:async )?function (\w+)/gm)].map((match) => match[1]);
  if (functions.length === 1 && functions[0] === expected) return [];
  return [`${path} exports ${functions.join(', ') || 'no function'}, must be ${expected} alone`];
}

function faultsOfRepository(path: string, text: string): string[] {
  const queries = [...text.matchAll(/^export async function (\w+)(?:<[^(]*>)?\(\s*(\w+)/gm)];
  return queries
    .filter(([, , parameter]) => parameter !== 'db' && parameter !== 'trx')
    .map(([, name, parameter]) => `${path}: ${name} takes ${parameter} first, must be db or trx`);
}

function exportsOf(text: string): string[] {
  const declared = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm;
  return [...text.matchAll(declared)].map((match) => match[1] ?? '');
}
