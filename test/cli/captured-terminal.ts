import type { Terminal } from '../../src/cli/terminal/terminal.ts';

/** A terminal that keeps what is written, with a text or pieces on its standard input. */
export interface CapturedTerminal extends Terminal {
  readonly written: { out: string; err: string };
}

/** A terminal for tests. */
export function capturedTerminal(input: string | AsyncIterable<Uint8Array> = ''): CapturedTerminal {
  const written = { out: '', err: '' };
  return {
    written,
    stdin: typeof input === 'string' ? pieces([input]) : input,
    out: (text) => {
      written.out += text;
      return Promise.resolve();
    },
    err: (text) => {
      written.err += text;
    },
  };
}

/** Texts as a stream, one piece after the other. */
export async function* pieces(texts: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}
