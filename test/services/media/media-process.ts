import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { media } from '#catalog';
import { freePort } from '#local';
import { eventually } from '#test-support/eventually';
import type { ServiceStores } from '#test-support/service-stores';
import { mediaSettings, type MediaDisk } from './running-media.ts';

/** media as a process of its own, which can be killed. */
export interface MediaProcess {
  readonly url: string;
  readonly pid: number;
  /** Ends it with a signal; resolves with its exit code, null after a kill. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Largest resident memory of the process so far, in bytes. */
  peakBytes(): number;
}

/** Starts media as a process; resolves when it is ready. */
export async function startMediaProcess(
  stores: ServiceStores,
  disk: MediaDisk,
  changes: Readonly<Record<string, string>> = {},
): Promise<MediaProcess> {
  const port = await freePort();
  const env = { ...stores.env(media, mediaSettings(disk, changes)), PATH: process.env.PATH ?? '', PORT: String(port) };
  const child = spawn(process.execPath, ['--import', 'tsx', 'services/media/main.ts'], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = exitOf(child);
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`media ended with ${child.exitCode} before it was ready`);
    const { status } = await fetch(`${url}/readyz`);
    if (status !== 200) throw new Error(`media is not ready: ${status}`);
  }, 60_000);
  const pid = child.pid ?? 0;
  return {
    url,
    pid,
    async end(signal) {
      child.kill(signal);
      return await ended;
    },
    peakBytes: () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  return await new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
}
