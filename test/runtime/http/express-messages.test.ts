import express, { Router, type Express } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpApp } from '#runtime/http/app';
import { createHealth } from '#runtime/http/health';
import { listenHttp, type HttpListener } from '#runtime/http/listener';
import { createMetrics } from '#runtime/http/metrics';
import { createLogger } from '#runtime';

let listener: HttpListener | undefined;

afterEach(async () => {
  await listener?.close(0);
});

async function listen(app: Express, expressMessages = true): Promise<string> {
  listener = await listenHttp(app, { port: 0, host: '127.0.0.1', expressMessages });
  return `http://127.0.0.1:${listener.port}`;
}

/** An app of the runtime without any store, with these routes. */
function appWith(routes: Router): Express {
  return createHttpApp(
    {
      service: 'live',
      version: '1',
      publicOrigin: 'http://localhost',
      trustProxyHops: 0,
      health: createHealth(),
      metrics: createMetrics('live'),
      log: createLogger({ service: 'live', version: '1', level: 'silent' }),
    },
    () => routes,
  );
}

describe('messages born as those of Express', () => {
  it('have the prototype of the app before Express sees them, so that it has none to set', async () => {
    const app = express();
    const url = await listen(app);
    const seen: boolean[] = [];
    listener?.server.prependListener('request', (request, response) => {
      const prototypes = [Object.getPrototypeOf(request), Object.getPrototypeOf(response)] as unknown[];
      seen.push(prototypes[0] === app.request, prototypes[1] === app.response);
    });
    await fetch(url);
    expect(seen).toEqual([true, true]);
  });

  it.each([true, false])('answer the same, whether switched on or off (%s)', async (on) => {
    const routes = Router()
      .get('/at/:place', ({ params, query, ip, protocol }, response) => {
        response.status(202).json({ params, query, ip, protocol, app: response.app === response.req.app });
      })
      .get('/file', (_request, response) => response.attachment('a.txt').send('text'));
    const url = await listen(appWith(routes), on);
    const answer = await fetch(`${url}/api/live/at/home?as=guest`);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({
      params: { place: 'home' },
      query: { as: 'guest' },
      ip: '127.0.0.1',
      protocol: 'http',
      app: true,
    });
    const file = await fetch(`${url}/api/live/file`);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename=a.txt');
    expect(await file.text()).toBe('text');
  });
});

describe('what every answer carries', () => {
  it('are the headers of helmet for an API, on refusals too', async () => {
    const url = await listen(appWith(Router()));
    const { headers } = await fetch(`${url}/api/live/nothing`);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(headers.has('x-powered-by')).toBe(false);
  });
});
