import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program to its end and gives what it printed; rejects with its errors when it fails. */
export async function runToEnd([program, ...args]: readonly [string, ...string[]]): Promise<string> {
  const { stdout } = await run(program, args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
