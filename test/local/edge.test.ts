import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEdge, type Edge } from '../../src/local/edge.ts';

let edge: Edge;
beforeEach(async () => {
  edge = await startEdge({ host: '127.0.0.1', port: 0, routes: [], pick: () => undefined });
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
