/** The files of a commit, laid out below this repository so that the packages installed here are found from them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = 'build/affected';

/** Calls `read` with the folder of a commit's files, and removes it afterwards. */
export async function withCommitTree<T>(commit: string, read: (root: string) => Promise<T>): Promise<T> {
  mkdirSync(FOLDER, { recursive: true });
  const folder = resolve(mkdtempSync(join(FOLDER, `${commit.slice(0, 12)}-`)));
  try {
    const archive = join(folder, 'tree.tar');
    const tree = join(folder, 'tree');
    mkdirSync(tree);
    execFileSync('git', ['archive', '--format=tar', `--output=${archive}`, commit]);
    execFileSync('tar', ['-xf', archive, '-C', tree]);
    return await read(tree);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
