/** What a subcommand reads from and writes to; the process, or a test's own. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Writes to standard output; fulfils when more may be written. */
  readonly out: (text: string) => Promise<void>;
  /** Writes to standard error. */
  readonly err: (text: string) => void;
}

/** Exit codes that every subcommand keeps to. */
export const EXIT = {
  /** Nothing to say. */ clean: 0,
  /** Something was found. */ findings: 1,
  /** What was asked for could not be read, or was asked for in a wrong way. */ unreadable: 2,
} as const;

/** Why standard output takes no more, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EPIPE: 'its reader has exited',
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
};

/**
 * The terminal of this process. When standard output takes no more, one line says so and the process ends: what follows
 * would be lost, and an exit code about findings would be a guess.
 */
export function processTerminal(): Terminal {
  // others may listen too, such as what pipes into it
  if (!process.stdout.listeners('error').includes(endUnwritten)) process.stdout.on('error', endUnwritten);
  if (!process.stderr.listeners('error').includes(ignore)) process.stderr.on('error', ignore);
  return {
    stdin: process.stdin,
    out: async (text) => {
      if (!process.stdout.write(text)) await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
    },
    err: (text) => {
      process.stderr.write(text);
    },
  };
}

function endUnwritten(error: NodeJS.ErrnoException): void {
  process.stderr.write(`standard output cannot be written: ${REASONS[error.code ?? ''] ?? error.message}\n`);
  process.exit(EXIT.unreadable);
}

/** There is nobody left to tell that standard error takes no more. */
function ignore(): void {
  // nothing follows
}
