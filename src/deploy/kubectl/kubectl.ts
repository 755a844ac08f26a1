import { spawn } from 'node:child_process';
import { JsonStream } from './json-stream.ts';

/** What a call of kubectl gave. */
export interface KubectlAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Which cluster and namespace. */
export interface KubectlPlace {
  readonly context: string | undefined;
  readonly namespace: string;
}

/** One call, not a watch, waits so long for the server. */
const REQUEST_TIMEOUT = '30s';

/** kubectl as it is found on the PATH, always with the same context and namespace. */
export class Kubectl {
  readonly namespace: string;
  private readonly context: string | undefined;
  private readonly signal: AbortSignal;

  /** Every call is ended when `signal` is aborted. */
  constructor({ context, namespace }: KubectlPlace, signal: AbortSignal) {
    this.context = context;
    this.namespace = namespace;
    this.signal = signal;
  }

  /** The same cluster, ended by another signal as well. */
  until(signal: AbortSignal): Kubectl {
    const either = AbortSignal.any([this.signal, signal]);
    return new Kubectl({ context: this.context, namespace: this.namespace }, either);
  }

  /** A command line that a person can type to do the same by hand. */
  line(...words: readonly string[]): string {
    return ['kubectl', ...this.place(), ...words].join(' ');
  }

  /** Runs to the end; a code other than 0 is an answer like any. Throws when kubectl cannot be run, or was ended by the signal. */
  async run(
    args: readonly string[],
    { input, onLine }: { readonly input?: string; readonly onLine?: (line: string) => void } = {},
  ): Promise<KubectlAnswer> {
    const child = this.spawn(['--request-timeout', REQUEST_TIMEOUT, ...args]);
    const texts = { out: '', err: '' };
    let told = 0;
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      texts.out += piece;
      if (onLine === undefined) return;
      const end = texts.out.lastIndexOf('\n') + 1;
      for (const line of texts.out.slice(told, end).split('\n')) if (line !== '') onLine(line);
      told = end;
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (texts.err += piece));
    child.stdin.on('error', () => undefined).end(input ?? '');
    return { code: await exitOf(child), ...texts };
  }

  /** As `run`, for JSON that must come. Throws with kubectl's own words. */
  async json(args: readonly string[]): Promise<unknown> {
    const { code, out, err } = await this.run([...args, '-o', 'json']);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${err.trim()}`);
    return out.trim() === '' ? undefined : (JSON.parse(out) as unknown);
  }

  /** Objects of a resource as they are and as they change: `{type, object}`. Fulfils with kubectl's last words when the watch ends. */
  async watch(resource: string, onEvent: (event: unknown) => void): Promise<KubectlAnswer> {
    const child = this.spawn(['get', resource, '--watch', '--output-watch-events', '-o', 'json']);
    const stream = new JsonStream();
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => stream.push(piece).forEach(onEvent));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (err += piece));
    child.stdin.end();
    return { code: await exitOf(child), out: '', err };
  }

  private spawn(args: readonly string[]) {
    this.signal.throwIfAborted();
    return spawn('kubectl', [...this.place(), ...args], { stdio: ['pipe', 'pipe', 'pipe'], signal: this.signal });
  }

  private place(): readonly string[] {
    return [...(this.context === undefined ? [] : ['--context', this.context]), '--namespace', this.namespace];
  }
}

function exitOf(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new Error('kubectl is not on PATH: install it', { cause: error }) : error);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
