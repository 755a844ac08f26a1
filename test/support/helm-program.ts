import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Helm on this machine: what HELM names, else what is on the PATH; undefined where there is none. */
export function helmProgram(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [process.env.HELM ?? '', ...folders.map((folder) => join(folder, 'helm'))];
  return candidates.find((path) => path !== '' && existsSync(path));
}

/** Major version of a Helm. */
export function helmMajor(program: string): number {
  const version = execFileSync(program, ['version', '--short'], { encoding: 'utf8' });
  return Number(/^v(\d+)/.exec(version)?.[1]);
}
