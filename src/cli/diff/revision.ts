/** The manifests on one side of a difference: a folder, a file, or a folder as it was in a git revision. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { textSources, UnreadableError, type TextSource } from '#manifest-source';
import { KUSTOMIZATION_FILES } from '../lint/kustomization.ts';

const run = promisify(execFile);
const DEFAULT_FOLDER = 'dist';
const LONGEST_FILE = 256 * 1024 * 1024;

/** Sources of a side: what lies at a path, else `REVISION` or `REVISION:FOLDER` of git. Throws `UnreadableError`. */
export async function revisionSources(side: string, stdin: AsyncIterable<Uint8Array>): Promise<readonly TextSource[]> {
  if (side === '-' || existsSync(side)) return await textSources([side], stdin);
  const { revision, folder } = revisionOf(side);
  const files = (await filesAt(side)).filter((file) => /\.(ya?ml|json)$/i.test(file));
  if (files.length === 0) throw new UnreadableError(`${side}: ${revision} has no manifest in ${folder}`);
  return files.map((file) => ({
    name: `${revision}:${file}`,
    path: undefined,
    open: async function* () {
      yield Buffer.from(await git(side, ['show', `${revision}:${file}`]));
    },
  }));
}

/** A kustomization on a side, and the shell words that render it. */
export interface FoundKustomization {
  /** Where it is, as a person calls it. */
  readonly folder: string;
  /** What has to be run before; empty when nothing has. */
  readonly prepare: string;
  readonly render: string;
}

/** The topmost kustomization in the folder of a side; undefined when there is none. Throws `UnreadableError`. */
export async function kustomizationOf(side: string): Promise<FoundKustomization | undefined> {
  if (side === '-') return undefined;
  const isPath = existsSync(side);
  if (isPath && !(await stat(side)).isDirectory() && !isKustomization(side)) return undefined;
  const files = isPath ? await filesBelow(side) : await filesAt(side);
  const [first] = files.filter(isKustomization).sort((a, b) => a.split('/').length - b.split('/').length);
  if (first === undefined) return undefined;
  const folder = dirname(first);
  if (isPath) return { folder, prepare: '', render: `kubectl kustomize ${folder}` };
  const { revision } = revisionOf(side);
  const tree = `/tmp/${revision.replace(/[^\w.-]+/g, '-')}`;
  return {
    folder: `${revision}:${folder}`,
    prepare: `git worktree add ${tree} ${revision}`,
    render: `kubectl kustomize ${tree}/${folder}`,
  };
}

function isKustomization(file: string): boolean {
  return KUSTOMIZATION_FILES.includes(basename(file));
}

async function filesBelow(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  // a folder that cannot be read is reported where the manifests are read
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function revisionOf(side: string): { readonly revision: string; readonly folder: string } {
  const [revision = '', folder = DEFAULT_FOLDER] = side.split(/:(.*)/s);
  if (revision.startsWith('-'))
    throw new UnreadableError(
      `${side}: is neither a git revision nor a path: name a file, a folder, or REVISION:FOLDER`,
    );
  return { revision, folder };
}

async function filesAt(side: string): Promise<readonly string[]> {
  const { revision, folder } = revisionOf(side);
  const listed = await git(side, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', revision, '--', folder]);
  return listed.split('\0');
}

async function git(side: string, args: readonly string[]): Promise<string> {
  try {
    return (await run('git', [...args], { maxBuffer: LONGEST_FILE })).stdout;
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    const reason = stderr?.trim().split('\n')[0] ?? String(error);
    throw new UnreadableError(`${side}: is not a path here, and git reports: ${reason}`, { cause: error });
  }
}
