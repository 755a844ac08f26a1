import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { guardGroup, releaseGroup } from './warden.ts';

/** How a child process is started. */
export interface ProcessPlan {
  /** Name in messages, such as `postgres` or `auth-0`. */
  readonly name: string;
  /** Program and its arguments; no shell is involved. */
  readonly command: readonly [string, ...string[]];
  /** The whole environment of the child. @default - that of this process */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory. @default - that of this process */
  readonly cwd?: string;
  /** Numeric user the child runs as. @default - the user of this process */
  readonly uid?: number;
  /** Numeric group the child runs as. @default - the group of this process */
  readonly gid?: number;
  /** Signal that asks for a clean end. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals;
  /** Time a clean end may take before the process is killed, in ms. @default 10000 */
  readonly stopGraceMs?: number;
  /** Called with each line of its output. @default - only the last lines are kept */
  readonly onLine?: (line: string) => void;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const KEPT_LINES = 40;
/** A grandchild that left the group may hold the pipe open. */
const OUTPUT_GRACE_MS = 500;

/**
 * A child process in a group of its own, so that a stop reaches whatever it started and a Ctrl-C in the terminal
 * reaches only the runner. It is killed when this process ends, however that happens.
 */
export class ManagedProcess {
  readonly plan: ProcessPlan;
  /** Fulfilled once the process has ended and its output was read; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  private readonly child: ChildProcess;
  private readonly tail: string[] = [];
  private end: ProcessEnd | undefined;

  constructor(plan: ProcessPlan) {
    this.plan = plan;
    const [program, ...args] = plan.command;
    this.child = spawn(program, args, {
      cwd: plan.cwd,
      env: plan.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(plan.uid === undefined ? {} : { uid: plan.uid, gid: plan.gid ?? plan.uid }),
    });
    this.ended = this.watch(this.child);
  }

  /** Process id, which is its group's id too; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Whether it has not ended yet. */
  get running(): boolean {
    return this.end === undefined;
  }

  /** Last lines of its output, for a message that says why it failed. */
  get output(): string {
    return this.tail.join('\n');
  }

  /** Sends a signal to the process and all it started; does nothing when it has ended. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.running) signalGroup(this.child.pid, signal);
  }

  /** Freezes the process: it keeps its connections and answers nothing. */
  pause(): void {
    this.kill('SIGSTOP');
  }

  /** Undoes {@link pause}. */
  resume(): void {
    this.kill('SIGCONT');
  }

  /** Asks for a clean end and kills the group when the grace is over; also when it hangs or was paused. */
  async stop(graceMs = this.plan.stopGraceMs ?? 10_000): Promise<ProcessEnd> {
    if (!this.running) return await this.ended;
    this.resume();
    if (this.child.pid !== undefined) process.kill(this.child.pid, this.plan.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), graceMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  private async watch(child: ChildProcess): Promise<ProcessEnd> {
    if (child.pid !== undefined) guardGroup(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.keep(line));
    }
    const failed = once(child, 'error').then(([error]: unknown[]) => this.keep(String(error)));
    const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const read = once(child, 'close').catch(() => undefined);
    const how = await Promise.race([exited, failed]);
    this.end = Array.isArray(how) ? { code: how[0], signal: how[1] } : { code: 127, signal: null };
    signalGroup(child.pid, 'SIGKILL');
    if (child.pid !== undefined) releaseGroup(child.pid);
    if (Array.isArray(how)) await Promise.race([read, delay(OUTPUT_GRACE_MS)]);
    return this.end;
  }

  private keep(line: string): void {
    this.tail.push(line);
    if (this.tail.length > KEPT_LINES) this.tail.shift();
    this.plan.onLine?.(line);
  }
}

/** Sends a signal to a process group; a group that is gone is no error. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function delay(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
