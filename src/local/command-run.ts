import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { LocalPlatform } from './platform.ts';

/** Addresses of a running platform, for a command that uses it. */
export function addressVariables({ url, servers }: LocalPlatform): Record<string, string> {
  const { nats, redis, postgres } = servers;
  return {
    PUBLIC_ORIGIN: url,
    ...(nats === undefined ? {} : { NATS_URL: nats.url }),
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }),
  };
}

/** Runs a command on the terminal of this process with the addresses of the platform; resolves with its exit code. */
export async function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  platform: LocalPlatform,
  stopping: AbortSignal,
): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...addressVariables(platform) } });
  const end = (): void => void child.kill('SIGTERM');
  stopping.addEventListener('abort', end, { once: true });
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
  } catch (error) {
    throw new Error(`the command ${program} cannot be run: ${(error as Error).message}`, { cause: error });
  } finally {
    stopping.removeEventListener('abort', end);
  }
}
