import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkTarget, edgeNameFault } from '../../../src/deploy/checks/edge-check.ts';
import { edgeAddress, edgeTargets } from '../../../src/deploy/checks/edge-targets.ts';
import { readDesiredState } from '../../../src/deploy/desired-state.ts';

const AUTH = { object: 'Deployment/auth', service: 'auth', path: '/api/auth/version', version: '2' };
const never = new AbortController().signal;
let server: Server | undefined;

afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

async function edge(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/`;
}

describe('the edge', () => {
  it('is asked for the version of each service that dist routes to, and for the web', async () => {
    const { set } = await readDesiredState('dist');
    const targets = edgeTargets(set);
    const names = ['auth', 'user', 'video', 'media', 'queue', 'stats', 'notif'];
    expect(targets.map(({ path }) => path)).toEqual([...names.map((name) => `/api/${name}/version`), '/']);
    for (const target of targets.slice(0, -1)) {
      const [pod] = set.pods.filter(({ object }) => `Deployment/${object.name}` === target.object);
      const image = pod?.containers[0]?.at.at('image').text ?? '';
      expect(image).toContain(`:${target.version}`);
    }
    expect(edgeAddress(set)).toBe('https://video.example.org');
  });

  it('is believed after three right answers in a row', async () => {
    const versions = ['1', '2', '1', '2', '2', '2', '1'];
    const asked: string[] = [];
    const url = await edge((request, response) => {
      asked.push(request.url ?? '');
      response.end(JSON.stringify({ version: versions[asked.length - 1] }));
    });
    expect(await checkTarget(url, AUTH, 30_000, never)).toBeUndefined();
    expect(asked).toEqual(Array(6).fill('/api/auth/version'));
  });

  it('is a fault when another version still answers', async () => {
    const url = await edge((_request, response) => response.end(JSON.stringify({ version: '1' })));
    expect(await checkTarget(url, AUTH, 0, never)).toMatchObject({
      object: 'Deployment/auth',
      reason: 'wrong-version',
      message: `the edge answers with version 1 at ${url}api/auth/version, but 2 was deployed`,
    });
  });

  it('is a fault when it answers with an error, with a page, or not at all', async () => {
    const url = await edge((request, response) => {
      response.statusCode = request.url === '/api/auth/version' ? 503 : 200;
      response.end('<html>');
    });
    expect(await checkTarget(url, AUTH, 0, never)).toMatchObject({ reason: 'bad-status' });
    expect(await checkTarget(url, { ...AUTH, path: '/' }, 0, never)).toMatchObject({ reason: 'wrong-version' });
    expect(await checkTarget(url, { ...AUTH, path: '/', version: undefined }, 0, never)).toBeUndefined();
  });

  it('is a fault before the deployment when its name cannot be resolved', async () => {
    expect(await edgeNameFault('https://video.invalid')).toMatchObject({ reason: 'unknown-host' });
    expect(await edgeNameFault('http://127.0.0.1:1')).toBeUndefined();
    expect(await edgeNameFault('http://[::1]:1')).toBeUndefined();
  });

  it('is a fault when nobody listens', async () => {
    const url = await edge(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    expect(await checkTarget(url, AUTH, 0, never)).toMatchObject({
      reason: 'no-answer',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});
