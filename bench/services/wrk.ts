/** Load at full rate by wrk, a program of Debian that costs little itself: as many requests as the answers allow. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '#local';
import { runToEnd } from './finished-process.ts';
import type { BenchRequest } from './workload.ts';

/** What wrk saw. */
export interface FullLoad {
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/** Sends a request over and over; throws when an answer was no success. */
export async function sendAtFullRate(
  url: string,
  request: BenchRequest,
  options: { readonly connections: number; readonly seconds: number },
): Promise<FullLoad> {
  const script = join(temporaryFolder('wrk'), 'request.lua');
  writeFileSync(script, luaOf(request));
  const flags = [
    '-t',
    '1',
    '-c',
    String(options.connections),
    '-d',
    `${options.seconds}s`,
    '--timeout',
    '30s',
    '-s',
    script,
  ];
  const output = await runToEnd(['wrk', ...flags, url + request.path]);
  const failures = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(output);
  if (failures !== null) throw new Error(`${request.path}: ${failures[0]}`);
  return {
    requests: Number(/(\d+) requests in/.exec(output)?.[1]),
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]),
  };
}

function luaOf({ method, headers, body }: BenchRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers[${quote(name)}] = ${quote(value)}`);
  return [`wrk.method = ${quote(method)}`, `wrk.body = ${body === undefined ? 'nil' : quote(body)}`, ...lines, ''].join(
    '\n',
  );
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** What wrk says that it is; throws with the way to get it when it is not there. */
export async function wrkVersion(): Promise<string> {
  const told = await runToEnd(['sh', '-c', 'wrk -v 2>&1 || true']);
  const version = /wrk (\S+)/.exec(told)?.[1];
  if (version === undefined) throw new Error('wrk is not installed: apt-get install wrk');
  return version;
}
