import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { threadId } from 'node:worker_threads';
import { LOOPBACK } from './loopback.ts';

/** First and last of some ports. */
export type PortRange = readonly [first: number, last: number];

/** Below the ports of outgoing connections of Linux (32768 and on) and macOS (49152 and on). */
const PREFERRED: PortRange = [20_000, 32_767];
const SYSTEM_RANGE = '/proc/sys/net/ipv4/ip_local_port_range';
/** Processes that start together look at different ports: neighbours begin this far apart. */
const APART = 37;

/** How many ports this process has looked at. */
let looked = 0;

/**
 * A free port of the loopback address that no outgoing connection of this machine can take before it is used, or while its
 * server is being restarted. Any free port where the system leaves no others.
 */
export async function freePort(): Promise<number> {
  const ports = listenPorts(outgoingRange());
  let left = ports.length;
  while (left-- > 0) {
    const port = ports[((process.pid + threadId) * APART + looked++) % ports.length] ?? 0;
    if (await isFree(port)) return port;
  }
  return await anyPort();
}

/** The preferred ports that are not in the range of outgoing connections. */
export function listenPorts(outgoing: PortRange | undefined): number[] {
  const [first, last] = PREFERRED;
  const ports = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return outgoing === undefined ? ports : ports.filter((port) => port < outgoing[0] || port > outgoing[1]);
}

/** Ports from which this machine takes those of outgoing connections; undefined where the system does not say. */
function outgoingRange(): PortRange | undefined {
  try {
    const [first, last] = readFileSync(SYSTEM_RANGE, 'utf8').trim().split(/\s+/).map(Number);
    return first === undefined || last === undefined ? undefined : [first, last];
  } catch {
    return undefined;
  }
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });
}

async function anyPort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
