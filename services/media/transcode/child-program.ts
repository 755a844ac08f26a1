/** Runs a program without a shell, with limits in time and output, so that nothing of it outlives the call. */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** What is run, and how far it may go. */
export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** Memory that it may take, in MiB. @default - as much as there is */
  readonly memoryMib?: number;
  /** Folder in which it runs. @default - that of the service */
  readonly cwd?: string;
  /** Ends it early; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with each line of standard output, which is then not kept. @default - it is kept and given back */
  readonly onLine?: (line: string) => void;
  /** Called with the process id once it runs. */
  readonly onStart?: (pid: number) => void;
}

/** How a program ended by itself. */
export interface ProgramResult {
  /** -1 where a signal ended it. */
  readonly exitCode: number;
  /** The signal that ended it. */
  readonly endedBy: NodeJS.Signals | undefined;
  /** Standard output, unless lines were taken. */
  readonly output: string;
  /** The end of standard error. */
  readonly errors: string;
}

/** Thrown when a program needed longer than it may. */
export class ProgramTimeout extends Error {
  override readonly name = 'ProgramTimeout';
}

const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const ERRORS_KEPT_CHARACTERS = 64 * 1024;
/** With which a shell ends whose program is not there or may not be run. */
const NOT_STARTED = 127;

/** Runs a program to its end. Rejects when it cannot be started, takes too long, says too much or is aborted. */
export async function runProgram(call: ProgramCall): Promise<ProgramResult> {
  const { program, signal, onLine } = call;
  signal?.throwIfAborted();
  const [path, args] = limited(call);
  const child = spawn(path, args, {
    // a process group of its own, so that it can be ended with all that it started
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' },
    ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
  });
  if (child.pid !== undefined) call.onStart?.(child.pid);
  let refusal: unknown;
  const end = (reason: unknown): void => {
    refusal ??= reason;
    if (child.pid !== undefined) void killTree(child.pid);
  };
  const onAbort = (): void => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    end(new ProgramTimeout(`${program} took longer than ${Math.round(call.timeoutMs / 1000)} s`));
  }, call.timeoutMs);

  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (onLine !== undefined) output = takeLines(output, onLine);
    if (output.length > MAX_OUTPUT_BYTES) end(new Error(`${program} printed more than ${MAX_OUTPUT_BYTES} bytes`));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-ERRORS_KEPT_CHARACTERS);
  });
  try {
    const [code, endedBy] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', (cause) => reject(new Error(`${program} could not be started`, { cause })));
      child.once('close', (...how) => resolve(how));
    });
    if (refusal !== undefined) throw refusal;
    if (code === NOT_STARTED && call.memoryMib !== undefined)
      throw new Error(`${program} could not be started: ${errors}`);
    return { exitCode: code ?? -1, endedBy: endedBy ?? undefined, output, errors };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/**
 * The program, or a shell that lowers what it may take and becomes it. The shell reads no argument: it passes them on.
 * Private memory is what counts (`ulimit -d`), so the libraries of ffmpeg do not.
 */
function limited({ program, args, memoryMib }: ProgramCall): [string, readonly string[]] {
  if (memoryMib === undefined) return [program, args];
  return ['/bin/sh', ['-c', 'ulimit -d "$0" && exec "$@"', String(memoryMib * 1024), program, ...args]];
}

/** Kills a process, its group, and all that it started; what ended meanwhile is fine. */
export async function killTree(pid: number): Promise<void> {
  const children = await childrenOf(pid);
  kill(-pid);
  kill(pid);
  await Promise.all(children.map(killTree));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  try {
    const threads = await readdir(`/proc/${pid}/task`);
    const lists = await Promise.all(
      threads.map(async (thread) => await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8')),
    );
    return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  } catch {
    // no /proc, or it has ended
    return [];
  }
}

/** Hands on the whole lines and gives the rest. */
function takeLines(text: string, onLine: (line: string) => void): string {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  lines.forEach((line) => onLine(line.trimEnd()));
  return rest;
}
