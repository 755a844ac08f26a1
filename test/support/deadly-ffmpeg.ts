import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProgram } from '#local';

/** An ffmpeg that can be made to take the worker down with it, each time that it is started. */
export interface DeadlyFfmpeg {
  /** Path of the program. */
  readonly path: string;
  /** From now on it kills who starts it. */
  poison(): void;
  /** From now on it works again. */
  cure(): void;
  /** Removes it from the disk. */
  remove(): void;
}

/** Makes one, in the ignored folder build. */
export function deadlyFfmpeg(): DeadlyFfmpeg {
  mkdirSync('build', { recursive: true });
  const folder = mkdtempSync(resolve('build', 'deadly-ffmpeg-'));
  const poison = join(folder, 'poison');
  const path = join(folder, 'ffmpeg');
  const real = String(findProgram('ffmpeg'));
  writeFileSync(path, `#!/bin/sh\n[ -e '${poison}' ] && kill -9 "$PPID"\nexec '${real}' "$@"\n`);
  chmodSync(path, 0o755);
  return {
    path,
    poison: () => writeFileSync(poison, ''),
    cure: () => rmSync(poison, { force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
