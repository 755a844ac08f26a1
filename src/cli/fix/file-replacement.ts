import { chmod, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnreadableError } from '#manifest-source';

/**
 * Replaces what a file holds: a file beside it is written, flushed, and put in its place, so that it is there whole or not
 * at all. A link is followed, and the file's mode is kept. Where that would break a hard link, give the file another owner,
 * or the folder may not be written, the file itself is written. Throws `UnreadableError` on one that may not be written.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path);
    const { mode, nlink, uid } = await stat(target);
    if ((mode & ANY_WRITE) === 0) throw new UnreadableError(`${path}: is read-only: run chmod u+w on it`);
    if (nlink > 1 || uid !== process.getuid?.()) await overwrite(target, text);
    else await replace(target, text, mode);
  } catch (error) {
    throw error instanceof UnreadableError ? error : unwritable(path, error);
  }
}

const ANY_WRITE = 0o222;
const NOT_PERMITTED: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

async function replace(target: string, text: string, mode: number): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    await write(temporary, 'wx', text, mode);
    await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    if (!NOT_PERMITTED.has((error as NodeJS.ErrnoException).code)) throw error;
    await overwrite(target, text);
  }
}

async function overwrite(target: string, text: string): Promise<void> {
  await write(target, 'r+', text);
}

async function write(path: string, flags: 'r+' | 'wx', text: string, mode?: number): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    const { bytesWritten } = await file.write(Buffer.from(text), 0);
    await file.truncate(bytesWritten);
    await file.sync();
  } finally {
    await file.close();
  }
}

function unwritable(path: string, error: unknown): UnreadableError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'cannot be written: permission denied',
    EPERM: 'cannot be written: permission denied',
    EROFS: 'is on a read-only file system',
    ENOSPC: 'cannot be written: no space left on device',
    EDQUOT: 'cannot be written: disk quota exceeded',
  };
  const text = error instanceof Error ? error.message : String(error);
  return new UnreadableError(`${path}: ${reasons[code] ?? text}`, { cause: error });
}
