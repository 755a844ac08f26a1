import { ManagedProcess, type ProcessEnd } from './managed-process.ts';
import { howItEnded } from './how-it-ended.ts';
import type { EventSink, LocalState } from './local-event.ts';
import type { Container, Probe } from './manifests.ts';
import { runProbe } from './prober.ts';

/** What an instance of a service is started from. */
export interface InstancePlan {
  /** `<workload>-<number>`, which is its POD_NAME too. */
  readonly name: string;
  readonly workload: string;
  readonly port: number;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly probes: Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'>;
  /** How often it is tried again when it fails, for what runs once to completion; undefined for what keeps running. */
  readonly retries: number | undefined;
  readonly graceMs: number;
  /** Pause before the first restart, in ms; it doubles up to {@link MAX_BACKOFF_MS}. */
  readonly backoffMs: number;
  readonly onEvent: EventSink;
}

/** Longest pause before a restart, in ms. */
const MAX_BACKOFF_MS = 30_000;
/** An instance that was ready for this long starts over with the first pause. */
const STABLE_MS = 60_000;
/** While an instance starts, it is asked this often, however long the period of its probe is. */
const EAGER_PERIOD_MS = 200;

/**
 * One replica of a service: a process that is checked as the kubelet checks a container, and started again with a
 * growing pause when it ends or no longer lives.
 */
export class Instance {
  readonly plan: InstancePlan;
  private current: ManagedProcess | undefined;
  private wanted = false;
  private currentState: LocalState = 'stopped';
  private currentReason = '';
  private failures = 0;
  private life: Promise<void> = Promise.resolve();
  private wake = new AbortController();
  private readonly waiting = new Set<() => void>();

  constructor(plan: InstancePlan) {
    this.plan = plan;
  }

  get name(): string {
    return this.plan.name;
  }

  get port(): number {
    return this.plan.port;
  }

  get state(): LocalState {
    return this.currentState;
  }

  /** Why it is not ready; empty when it is. */
  get reason(): string {
    return this.currentReason;
  }

  /** Whether requests may be sent to it. */
  get ready(): boolean {
    return this.currentState === 'ready';
  }

  /** Process id; undefined while it does not run. */
  get pid(): number | undefined {
    return this.current?.running === true ? this.current.pid : undefined;
  }

  /** Last lines of its output. */
  get output(): string {
    return this.current?.output ?? '';
  }

  /** Starts it, and from then on whenever it ends; does nothing when it was started. */
  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.wake = new AbortController();
    this.life = this.life.then(async () => await this.live());
  }

  /** Sends a signal to it and all it started; it is started again if that ends it. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.current?.kill(signal);
  }

  /** Freezes it, so that it keeps its connections and answers nothing. */
  pause(): void {
    this.current?.pause();
  }

  /** Undoes {@link pause}. */
  resume(): void {
    this.current?.resume();
  }

  /** Takes it from the router, ends it cleanly and does not start it again; killed when its grace is over. */
  async stop(graceMs = this.plan.graceMs): Promise<ProcessEnd | undefined> {
    this.wanted = false;
    if (this.current?.running === true) this.become('stopping');
    this.wake.abort();
    const end = await this.current?.stop(graceMs);
    await this.life;
    if (this.currentState !== 'completed') this.become('stopped');
    return end;
  }

  /** Ends it cleanly, starts it again and waits until it is ready, as a rollout does. */
  async restart(): Promise<void> {
    await this.stop();
    this.start();
    await this.untilReady();
  }

  /** Waits until it is ready, or has completed; rejects with its reason and last output after `timeoutMs`. */
  async untilReady(timeoutMs = 60_000): Promise<void> {
    await this.untilState((state) => state === 'ready' || state === 'completed', timeoutMs);
  }

  /** Waits until its state passes `test`; rejects with its reason and last output after `timeoutMs`. */
  async untilState(test: (state: LocalState) => boolean, timeoutMs = 60_000): Promise<void> {
    if (test(this.currentState)) return;
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        if (!test(this.currentState)) return;
        clearTimeout(timer);
        this.waiting.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(check);
        reject(
          new Error(
            `${this.name} is ${this.currentState} after ${timeoutMs} ms: ${this.currentReason}\n${this.output}`,
          ),
        );
      }, timeoutMs).unref();
      this.waiting.add(check);
    });
  }

  /** One life after the other, until it is no longer wanted. */
  private async live(): Promise<void> {
    while (this.wanted) {
      const startedAt = Date.now();
      const { name, command, env, cwd, onEvent } = this.plan;
      const onLine = (line: string): void => onEvent({ event: 'log', name, line });
      const process = new ManagedProcess({ name, command, env, cwd, stopGraceMs: this.plan.graceMs, onLine });
      this.current = process;
      this.become('starting');
      const over = new AbortController();
      void process.ended.then(() => over.abort());
      await Promise.all([this.check(process, AbortSignal.any([over.signal, this.wake.signal])), process.ended]);
      if (!this.isWanted()) return;
      if (await this.isOver(process)) return;
      if (Date.now() - startedAt > STABLE_MS) this.failures = 0;
      const pauseMs = Math.min(this.plan.backoffMs * 2 ** this.failures, MAX_BACKOFF_MS);
      this.failures += 1;
      this.become('failed', `${await howItEnded(process)}; restarting in ${pauseMs} ms`);
      await pause(pauseMs, this.wake.signal);
    }
  }

  /** Whether it has run to completion, or has failed as often as it may. */
  private async isOver(process: ManagedProcess): Promise<boolean> {
    const { retries } = this.plan;
    if (retries === undefined) return false;
    const { code } = await process.ended;
    if (code === 0) this.become('completed');
    else if (this.failures >= retries) this.become('failed', `${await howItEnded(process)}; not tried again`);
    else return false;
    this.wanted = false;
    return true;
  }

  private isWanted(): boolean {
    return this.wanted;
  }

  /** Startup, then readiness and liveness side by side, until `signal` says that this life is over. */
  private async check(process: ManagedProcess, signal: AbortSignal): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } = this.plan.probes;
    if (startupProbe !== undefined && !(await this.passesStartup(startupProbe, signal))) {
      if (!signal.aborted) await this.giveUp(process, 'did not start in time');
      return;
    }
    await Promise.all([
      this.watchReadiness(readinessProbe, signal),
      this.watchLiveness(process, livenessProbe, signal),
    ]);
  }

  /** Whether the probe passes within its period times its threshold; asked eagerly, since nothing else waits. */
  private async passesStartup(probe: Probe, signal: AbortSignal): Promise<boolean> {
    const allowedMs = initialMs(probe) + periodMs(probe) * (probe.failureThreshold ?? 3);
    const deadline = Date.now() + allowedMs;
    while (!signal.aborted && Date.now() < deadline) {
      const { passed, reason } = await runProbe(probe, this.plan.port);
      if (passed) return !signal.aborted;
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it can be aborted during the probe
      if (!signal.aborted) this.explain(reason);
      await pause(EAGER_PERIOD_MS, signal);
    }
    return false;
  }

  private async watchReadiness(probe: Probe | undefined, signal: AbortSignal): Promise<void> {
    if (probe === undefined)
      return signal.aborted || this.plan.retries !== undefined ? undefined : this.become('ready');
    let row = 0;
    while (!signal.aborted) {
      const { passed, reason } = await runProbe(probe, this.plan.port);
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it can be aborted during the probe
      if (signal.aborted) return;
      row = passed ? 0 : row + 1;
      if (passed) this.become('ready');
      else if (this.currentState === 'starting') this.explain(reason);
      else if (row >= (probe.failureThreshold ?? 3) || this.currentState === 'unready') this.become('unready', reason);
      await pause(this.ready ? periodMs(probe) : Math.min(periodMs(probe), EAGER_PERIOD_MS), signal);
    }
  }

  private async watchLiveness(process: ManagedProcess, probe: Probe | undefined, signal: AbortSignal): Promise<void> {
    if (probe === undefined) return;
    await pause(initialMs(probe), signal);
    let row = 0;
    while (!signal.aborted) {
      await pause(periodMs(probe), signal);
      if (isAborted(signal)) return;
      const { passed, reason } = await runProbe(probe, this.plan.port);
      row = passed ? 0 : row + 1;
      if (row >= (probe.failureThreshold ?? 3) && !isAborted(signal))
        await this.giveUp(process, `liveness check failed: ${reason}`);
    }
  }

  private async giveUp(process: ManagedProcess, reason: string): Promise<void> {
    this.become('unready', reason);
    await process.stop(this.plan.graceMs);
  }

  /** Why it is still starting; that nothing listens yet goes without saying. */
  private explain(reason: string): void {
    if (!reason.includes('ECONNREFUSED')) this.become(this.currentState, reason);
  }

  private become(state: LocalState, reason = ''): void {
    const same = state === this.currentState && reason === this.currentReason;
    this.currentState = state;
    this.currentReason = reason;
    if (same) return;
    const { name, port, onEvent } = this.plan;
    onEvent({ event: 'state', kind: 'instance', name, state, port, ...(reason === '' ? {} : { reason }) });
    for (const check of [...this.waiting]) check();
  }
}

/** Read again after a pause, because it may have changed. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function periodMs(probe: Probe): number {
  return (probe.periodSeconds ?? 10) * 1000;
}

function initialMs(probe: Probe): number {
  return (probe.initialDelaySeconds ?? 0) * 1000;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
