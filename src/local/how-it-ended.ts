import type { ManagedProcess } from './managed-process.ts';

interface LogLine {
  readonly msg?: unknown;
  readonly err?: { readonly message?: unknown };
  readonly stack?: unknown;
}

/** How a process ended, with its last words: `exited with 1: no such table`. */
export async function howItEnded(process: ManagedProcess): Promise<string> {
  const { code, signal } = await process.ended;
  const last = lastWords(process.output);
  const how = signal === null ? `exited with ${code ?? 0}` : `killed by ${signal}`;
  return last === '' ? how : `${how}: ${last}`;
}

/** An error that nobody caught, above the lines of its stack and the version of Node. */
const UNCAUGHT = /^(Uncaught )?([A-Z]\w*)?Error\b.*: ./;

/** The line that best says why: the last error of a JSON log, else an error that nobody caught, else the last line. */
function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const line =
    lines.findLast((one) => /"level":"?(50|60|error|fatal)"?/.test(one)) ??
    lines.findLast((one) => UNCAUGHT.test(one)) ??
    lines.at(-1) ??
    '';
  try {
    const { msg, err, stack } = JSON.parse(line) as LogLine;
    const thrown = typeof stack === 'string' ? stack.split('\n')[0] : undefined;
    return [msg, err?.message ?? thrown].filter((part) => typeof part === 'string').join(': ');
  } catch {
    return line;
  }
}

/** What an error says, without its class. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
