import { tooManyTracks } from './bounds.ts';
import { ProgramTimeout } from './child-program.ts';
import { UnusableVideo } from './unusable-video.ts';

/** Why ffprobe refused a file. */
export function refusalOf(errors: string, exitCode: number): Error {
  const cause = new Error(`ffprobe exited with ${exitCode}: ${errors.slice(0, 500)}`);
  if (/exceeds max_streams/.test(errors)) return tooManyTracks(cause);
  if (/not on whitelist/i.test(errors)) {
    return new UnusableVideo('unsupported_format', 'This kind of file is not supported.', { cause });
  }
  if (/Cannot allocate memory/.test(errors)) {
    return new UnusableVideo('too_large', 'Reading the file needs more memory than one video may use.', { cause });
  }
  if (/Input\/output error|Too many open files|Permission denied/.test(errors)) return cause;
  return new UnusableVideo('unreadable', 'The file is damaged or is not a video.', { cause });
}

/** A look that takes too long fails because of the file. */
export function rethrowTimeout(cause: unknown): never {
  if (!(cause instanceof ProgramTimeout)) throw cause;
  throw new UnusableVideo('unreadable', 'The file takes too long to read; it may be damaged.', { cause });
}
