/** The manifests on one side of a difference: a folder, a file, or a folder as it was in a git revision. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { textSources, UnreadableError, type TextSource } from '#manifest-source';

const run = promisify(execFile);
const DEFAULT_FOLDER = 'dist';
const LONGEST_FILE = 256 * 1024 * 1024;

/** Sources of a side: what lies at a path, else `REVISION` or `REVISION:FOLDER` of git. Throws `UnreadableError`. */
export async function revisionSources(side: string, stdin: AsyncIterable<Uint8Array>): Promise<readonly TextSource[]> {
  if (side === '-' || existsSync(side)) return await textSources([side], stdin);
  const [revision = '', folder = DEFAULT_FOLDER] = side.split(/:(.*)/s);
  if (revision.startsWith('-')) throw new UnreadableError(`${side}: is no revision of git and no path`);
  const listed = await git(side, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', revision, '--', folder]);
  const files = listed.split('\0').filter((file) => /\.(ya?ml|json)$/i.test(file));
  if (files.length === 0) throw new UnreadableError(`${side}: there is no manifest at ${folder} in ${revision}`);
  return files.map((file) => ({
    name: `${revision}:${file}`,
    path: undefined,
    open: async function* () {
      yield Buffer.from(await git(side, ['show', `${revision}:${file}`]));
    },
  }));
}

async function git(side: string, args: readonly string[]): Promise<string> {
  try {
    return (await run('git', [...args], { maxBuffer: LONGEST_FILE })).stdout;
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    const reason = stderr?.trim().split('\n')[0] ?? String(error);
    throw new UnreadableError(`${side}: is no path here, and git says: ${reason}`, { cause: error });
  }
}
