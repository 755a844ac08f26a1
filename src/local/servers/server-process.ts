import { connect } from 'node:net';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedProcess, type ProcessPlan } from '../managed-process.ts';
import { guardFolder } from '../warden.ts';
import { LOOPBACK } from './loopback.ts';

/** A server that a test or the runner can reach, and end where it was started here. */
export interface RunningServer {
  /** Address of the host it listens at. */
  readonly host: string;
  /** Port it listens at; the same after a {@link start}. */
  readonly port: number;
  /** Its process; undefined for one that the environment named, and while it is stopped. */
  readonly process: ManagedProcess | undefined;
  /** Ends it and keeps its data; {@link start} brings it back. Does nothing to a server that was not started here. */
  halt(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data, and waits until it answers. */
  start(): Promise<void>;
  /** Ends it and removes its temporary data; a folder that the caller named stays. */
  stop(): Promise<void>;
  /** Has a function called when it ends though nobody asked it to. */
  onLost(report: OnLost): void;
}

/** What {@link launchServer} needs to know of a server. */
export interface ServerPlan extends ProcessPlan {
  readonly port: number;
  /** Folder removed by `stop`. @default - none */
  readonly temporaryFolder?: string;
  /** Asks the server once whether it is ready; a rejection counts as no. */
  readonly probe: () => Promise<boolean>;
}

/** Called with the last output when a server ended that nobody asked to end. */
export type OnLost = (reason: string) => void;

const READY_TIMEOUT_MS = 60_000;
const PROBE_PAUSE_MS = 20;

/** Starts a server, waits until it is ready and gives the handle to stop it; rejects with its last output. */
export async function launchServer(plan: ServerPlan): Promise<RunningServer> {
  let current: ManagedProcess | undefined;
  let report: OnLost = () => undefined;
  const start = async (): Promise<void> => {
    if (current?.running === true) return;
    current = new ManagedProcess(plan);
    const started = current;
    await untilReady(started, plan.probe);
    void started.ended.then(() => {
      if (current === started) report(started.output);
    });
  };
  const halt = async (signal?: NodeJS.Signals): Promise<void> => {
    const ending = current;
    current = undefined;
    if (signal === 'SIGKILL') ending?.kill(signal);
    await ending?.stop();
  };
  const stop = async (): Promise<void> => {
    await halt();
    if (plan.temporaryFolder !== undefined) rmSync(plan.temporaryFolder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host: LOOPBACK,
    port: plan.port,
    get process() {
      return current;
    },
    halt,
    start,
    stop,
    onLost: (listener) => {
      report = listener;
    },
  };
}

/** A server that the environment names: it is used and never stopped. */
export function foreignServer(address: URL, defaultPort: number): RunningServer {
  const nothing = async (): Promise<void> => Promise.resolve();
  const port = Number(address.port) || defaultPort;
  return {
    host: address.hostname,
    port,
    process: undefined,
    halt: nothing,
    start: nothing,
    stop: nothing,
    onLost: () => undefined,
  };
}

/** A new folder that is removed when this process ends, owned by `uid` where one is given. */
export function temporaryFolder(prefix: string, uid?: number, gid?: number): string {
  const folder = mkdtempSync(join(tmpdir(), `cdk8s-nats-${prefix}-`));
  guardFolder(folder);
  if (uid !== undefined) chownSync(folder, uid, gid ?? uid);
  return folder;
}

/** Opens a connection, sends `request` and gives the first bytes of the answer. */
export async function firstAnswer(port: number, request: string | Buffer): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: LOOPBACK, port }, () => socket.write(request));
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer within 2 s')));
    socket.once('data', (data) => {
      resolve(data);
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without an answer')));
  });
}

async function untilReady(server: ManagedProcess, probe: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await probe().catch(() => false))) {
    if (!server.running) {
      await server.ended;
      throw new Error(`${server.plan.name} exited before it was ready; its last output:\n${server.output}`);
    }
    if (Date.now() > deadline) {
      await server.stop();
      throw new Error(`${server.plan.name} was not ready within ${String(READY_TIMEOUT_MS)} ms:\n${server.output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PROBE_PAUSE_MS));
  }
}
