import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertEdgePortFree, freeEdgePort, startEdge, type Edge } from '../../src/local/edge.ts';
import { freePort } from '#local';

let edge: Edge;
beforeEach(async () => {
  edge = await startEdge({ port: await freePort(), routes: [], pick: () => undefined });
});
afterEach(async () => await edge.stop());

async function get(
  host: string,
  accept: string,
): Promise<{ status: number | undefined; location: string | undefined }> {
  return await new Promise((resolve, reject) => {
    request(`${edge.url}/watch/1?t=2`, { headers: { host, accept } }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode, location: answer.headers.location });
    })
      .on('error', reject)
      .end();
  });
}

test('leads a page at localhost to the address at which one can log in', async () => {
  const html = 'text/html,application/xhtml+xml';
  expect(await get(`localhost:${edge.port}`, html)).toEqual({ status: 307, location: `${edge.url}/watch/1?t=2` });
});

test('leads nothing else anywhere: no instance takes it here', async () => {
  expect(await get(`localhost:${edge.port}`, 'application/json')).toEqual({ status: 503, location: undefined });
  expect(await get(`127.0.0.1:${edge.port}`, 'text/html')).toEqual({ status: 503, location: undefined });
});

test.each(['127.0.0.1', '[::1]', 'localhost'])('listens on %s', async (host) => {
  expect((await fetch(`http://${host}:${edge.port}/`)).status).toBe(503);
});

test.each(['127.0.0.1', '::1'])('finds a port in use that something listens on at %s alone', async (host) => {
  const port = await freePort();
  const other = createServer().listen(port, host);
  await once(other, 'listening');
  await expect(assertEdgePortFree(port)).rejects.toThrow(
    `the edge cannot listen on ${host} port ${port}: port ${port} is in use: choose another with --port`,
  );
  other.close();
  await once(other, 'close');
  await expect(assertEdgePortFree(port)).resolves.toBeUndefined();
});

test('takes no port for itself that something listens on at ::1 alone', async () => {
  // ports are looked at one after the other
  const next = (await freePort()) + 1;
  const other = createServer().listen(next, '::1');
  await once(other, 'listening');
  await expect(assertEdgePortFree(await freeEdgePort())).resolves.toBeUndefined();
  other.close();
  await once(other, 'close');
});
