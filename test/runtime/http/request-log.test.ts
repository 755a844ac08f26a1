import { Router } from 'express';
import { afterEach, expect, it } from 'vitest';
import { createHttpApp } from '#runtime/http/app';
import { createHealth } from '#runtime/http/health';
import { listenHttp, type HttpListener } from '#runtime/http/listener';
import { createMetrics } from '#runtime/http/metrics';
import { createLogger } from '#runtime';
import { eventually } from '#test-support/eventually';

let listener: HttpListener | undefined;

afterEach(async () => {
  await listener?.close(0);
});

/** Asks `/api/live/good`, then `/api/live/bad?token=secret`; gives the lines logged until the latter's is there. */
async function linesAt(level: string): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const routes = Router().get('/good', (_request, response) => void response.json({ good: true }));
  const app = createHttpApp(
    {
      service: 'live',
      version: '1',
      publicOrigin: 'http://localhost',
      trustProxyHops: 0,
      health: createHealth(),
      metrics: createMetrics('live'),
      log: createLogger({ service: 'live', version: '1', level, destination }),
    },
    () => routes,
  );
  listener = await listenHttp(app, { port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${listener.port}/api/live`;
  const headers = { 'x-request-id': 'edge-request-0001', cookie: 'sid=secret' };
  await (await fetch(`${url}/good`)).text();
  await (await fetch(`${url}/bad?token=secret`, { headers })).text();
  await eventually(async () => {
    expect(lines.at(-1)?.requestId).toBe('edge-request-0001');
    return Promise.resolve();
  });
  return lines;
}

it('a refusal is one line at level info with its request, status and trace, without query and headers', async () => {
  const lines = await linesAt('info');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    level: 'info',
    req: { method: 'GET', url: '/api/live/bad' },
    res: { status: 404 },
    msg: 'request completed',
  });
  expect(lines[0]?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

it('a success is a line at level debug alone', async () => {
  const statuses = (await linesAt('debug')).map(({ level, res }) => [level, (res as { status: number }).status]);
  expect(statuses).toEqual([
    ['debug', 200],
    ['info', 404],
  ]);
});
