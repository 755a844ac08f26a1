import { execFile } from 'node:child_process';
import { ensureProgram } from './program.ts';

/** Where and as whom psql logs in. */
export interface PostgresLogin {
  /** Host, or the folder of the socket. */
  readonly host: string;
  readonly port: number;
  readonly adminUser: string;
  /** Empty where the socket asks for none. */
  readonly adminPassword: string;
  readonly database: string;
}

/** Runs SQL and gives what it prints, unaligned; rejects with the server's message. */
export async function psql(login: PostgresLogin, text: string): Promise<string> {
  const program = await ensureProgram('psql');
  const flags = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', '-'];
  const where = ['-h', login.host, '-p', String(login.port), '-U', login.adminUser, '-d', login.database];
  const env = { ...childEnv(), PGPASSWORD: login.adminPassword };
  return (await runProgram(program, [...flags, ...where], { env }, text)).trim();
}

/** How {@link runProgram} runs. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env: Record<string, string>;
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs a program to its end and gives its output; rejects with what it said. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions,
  input = '',
): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = execFile(program, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program.split('/').at(-1) ?? ''} failed: ${stderr.trim() || error.message}`));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** The environment of programs that must not depend on the locale of the user. */
export function childEnv(): Record<string, string> {
  return { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
}
