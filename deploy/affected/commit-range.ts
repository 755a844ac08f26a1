/** What a range of commits changed, and whether it can be told at all. */
import { execFileSync } from 'node:child_process';

/** Changed files between two commits; `unknown` says why they cannot be told, and then everything counts as changed. */
export type CommitRange =
  | { readonly base: string; readonly head: string; readonly changed: readonly string[] }
  | { readonly base: undefined; readonly head: string; readonly unknown: string };

/** What GitHub sends as the commit before the first push of a branch. */
const NO_COMMIT = /^0*$/;

/** Reads the range from `since`, the last commit that was green, to `head`, in the repository in `folder`. */
export function commitRange(since: string, head: string, folder = '.'): CommitRange {
  const to = commitOf(head, folder);
  if (to === undefined)
    throw new Error(`--head is ${head}, which is not a commit of this clone: use one that git log shows`);
  if (NO_COMMIT.test(since)) return { base: undefined, head: to, unknown: 'no green commit is known yet' };
  const base = commitOf(since, folder);
  if (base === undefined) {
    const cause = isShallow(folder) ? 'the clone is shallow' : 'it was replaced by a force push';
    return { base: undefined, head: to, unknown: `commit ${since} is not in this clone (${cause})` };
  }
  const names = git(['diff', '--name-only', '--no-renames', '-z', base, to, '--'], folder);
  return { base, head: to, changed: names.split('\0').filter((name) => name !== '') };
}

function commitOf(revision: string, folder: string): string | undefined {
  try {
    return git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], folder).trim();
  } catch {
    return undefined;
  }
}

function isShallow(folder: string): boolean {
  return git(['rev-parse', '--is-shallow-repository'], folder).trim() === 'true';
}

function git(args: readonly string[], folder: string): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
