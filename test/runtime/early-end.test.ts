import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const LOADED =
  "await import('./src/runtime/early-end.ts'); console.log('loaded'); setInterval(() => undefined, 60_000);";

/** Whether this machine lets us start a process as the first of its own world. */
function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

it.runIf(canUnshare())(
  'ends as PID 1, for which the kernel drops signals, before its service has handlers',
  async () => {
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', LOADED];
    const outer = spawn('unshare', ['--pid', '--fork', ...node], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(outer.stdout, 'data')) as [Buffer];
    expect(String(line)).toBe('loaded\n');
    const child = Number(readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim().split(' ')[0]);
    process.kill(child, 'SIGTERM');
    expect(await once(outer, 'exit')).toEqual([0, null]);
  },
);
