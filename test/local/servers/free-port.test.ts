import { createServer } from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { listenPorts } from '../../../src/local/servers/free-port.ts';
import { freePort } from '#local';

const taken: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of taken.splice(0)) server.close();
});

it('gives each port once, also while none is used yet', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
});

it('passes over a port that is in use', async () => {
  const first = await freePort();
  for (const port of [first + 1, first + 2]) {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    taken.push(server);
  }
  expect(await freePort()).toBe(first + 3);
});

it.runIf(process.platform === 'linux')('leaves the ports of outgoing connections alone', async () => {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
  const [first = 0, last = 0] = range;
  const port = await freePort();
  expect(port < first || port > last).toBe(true);
});

it.each([
  [undefined, 20_000, 32_767, 12_768],
  [[32_768, 60_999], 20_000, 32_767, 12_768],
  [[15_000, 25_000], 25_001, 32_767, 7_767],
  [[30_000, 65_000], 20_000, 29_999, 10_000],
  [[1_024, 65_535], undefined, undefined, 0],
] as const)('of outgoing ports %j listens between %s and %s', (outgoing, first, last, count) => {
  const ports = listenPorts(outgoing);
  expect([ports[0], ports.at(-1), ports.length]).toEqual([first, last, count]);
});
