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

/** The terminal of this process. A reader that goes away early (`| head`) ends it quietly. */
export function processTerminal(): Terminal {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.clean);
    throw error;
  });
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
