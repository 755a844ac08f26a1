/** What whole processes cost: one that runs to its end, and one that keeps running with its children. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A command that runs to its end. */
export interface MeasuredCommand {
  readonly command: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Exit code of a run that did what it should. @default 0 */
  readonly exitCode?: number;
}

/** Cost of a process and the children that it waited for. */
export interface ProcessCost {
  readonly wallSeconds: number;
  /** User and system time. */
  readonly cpuSeconds: number;
  /** Largest resident set of the process or any of its children. */
  readonly peakMemoryMiB: number;
}

const HELPER = fileURLToPath(new URL('./measured_process.py', import.meta.url));
const STDERR_SHOWN = 2000;

/** Runs a command to its end and says what it cost. Throws when it fails. Its standard output is thrown away. */
export async function measureProcess({
  command,
  cwd,
  env,
  exitCode: expected = 0,
}: MeasuredCommand): Promise<ProcessCost> {
  const child = spawn('python3', [HELPER, ...command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [, , stderr, report] = child.stdio;
  const [errors, text, code] = await Promise.all([
    readAll(stderr as NodeJS.ReadableStream),
    readAll(report as NodeJS.ReadableStream),
    new Promise<number | null>((fulfil, reject) => {
      child.once('error', reject);
      child.once('close', fulfil);
    }),
  ]);
  const { exitCode, ...cost } = JSON.parse(text === '' ? '{"exitCode":-1}' : text) as ProcessCost & {
    exitCode: number;
  };
  if (code !== 0 || exitCode !== expected) {
    throw new Error(`${command.join(' ')} ended with ${exitCode}: ${errors.slice(-STDERR_SHOWN)}`);
  }
  return cost;
}

/** What a running process and its living children have used so far. Linux. */
export interface RunningCost {
  /** User and system time since their start. */
  readonly cpuSeconds: number;
  /** Resident now, summed. */
  readonly memoryMiB: number;
  /** Sum of each one's highest resident set. */
  readonly peakMemoryMiB: number;
}

/** Clock ticks a second in /proc: fixed at 100 for user space on Linux. */
const TICKS_A_SECOND = 100;

/** Reads the cost of a process and all below it from /proc; the difference of two readings is the cost between them. */
export function runningCost(pid: number): RunningCost {
  const costs = [pid, ...descendantsOf(pid)].map(costOf);
  return {
    cpuSeconds: sum(costs.map((cost) => cost.cpuSeconds)),
    memoryMiB: sum(costs.map((cost) => cost.memoryMiB)),
    peakMemoryMiB: sum(costs.map((cost) => cost.peakMemoryMiB)),
  };
}

function costOf(pid: number): RunningCost {
  try {
    // utime, stime and those of waited-for children are fields 14 to 17; the name in field 2 may hold spaces
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const ticks = sum(fields.slice(11, 15).map(Number));
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mebibytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
    return { cpuSeconds: ticks / TICKS_A_SECOND, memoryMiB: mebibytes('VmRSS'), peakMemoryMiB: mebibytes('VmHWM') };
  } catch {
    // it ended between the listing and the reading
    return { cpuSeconds: 0, memoryMiB: 0, peakMemoryMiB: 0 };
  }
}

function descendantsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' '))
      .filter((child) => child !== '')
      .flatMap((child) => [Number(child), ...descendantsOf(Number(child))]);
  } catch {
    return [];
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
