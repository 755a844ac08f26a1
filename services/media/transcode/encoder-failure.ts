import type { ProgramResult } from './child-program.ts';
import { encoderReport } from './encoder-report.ts';
import { UnusableVideo } from './unusable-video.ts';

const THE_MACHINES_FAULT = /No space left on device|Input\/output error|Resource temporarily/;
const MEMORY = /Cannot allocate memory|malloc of size|alloc.* failed/i;
/** Signals that a program sends itself when its input led it astray. */
const CRASHES: readonly (NodeJS.Signals | undefined)[] = ['SIGSEGV', 'SIGABRT', 'SIGFPE', 'SIGILL', 'SIGBUS'];

/**
 * Why ffmpeg failed. The same file fails in the same way again, so all is the file's fault except what the machine was
 * short of, or a kill from outside.
 */
export function encoderFailure({ exitCode, endedBy, errors }: ProgramResult): Error {
  // a program that cannot even start its log says it without a level
  const faults = encoderReport(errors).faults || errors;
  const cause = new Error(`ffmpeg exited with ${endedBy ?? exitCode}: ${faults.slice(-1000)}`);
  if (THE_MACHINES_FAULT.test(faults)) return cause;
  if (MEMORY.test(faults)) {
    return new UnusableVideo('too_large', 'Converting the video needs more memory than one video may use.', {
      cause,
    });
  }
  if (exitCode < 0 && !CRASHES.includes(endedBy)) return cause;
  return new UnusableVideo('unreadable', 'The file is damaged and could not be converted.', { cause });
}
