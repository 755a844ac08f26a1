import { Router, type Response } from 'express';
import { AsyncResource } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { createHttpApp } from '#runtime/http/app';
import { createHealth } from '#runtime/http/health';
import { listenHttp } from '#runtime/http/listener';
import { createMetrics } from '#runtime/http/metrics';
import { createLogger } from '#runtime';
import { eventually } from '#test-support/eventually';
import { garbageCollector } from '#test-support/young-collections';

it('nothing holds a request that is over, also where something that it started lives on', { retry: 0 }, async () => {
  const collect = garbageCollector();
  const started: AsyncResource[] = [];
  const answers: WeakRef<Response>[] = [];
  const routes = Router().get('/start', (_request, response) => {
    // such as a connection of a pool, which is opened for the first that needs it
    started.push(new AsyncResource('connection'));
    answers.push(new WeakRef(response));
    response.json({});
  });
  const [health, metrics] = [createHealth(), createMetrics('live')];
  const log = createLogger({ service: 'live', version: '1', level: 'silent' });
  const app = createHttpApp({ service: 'live', version: '1', trustProxyHops: 0, health, metrics, log }, () => routes);
  const listener = await listenHttp(app, { port: 0, host: '127.0.0.1' });
  const headers = { connection: 'close' };
  await (await fetch(`http://127.0.0.1:${listener.port}/api/live/start`, { headers })).text();
  await listener.close(0);
  await eventually(async () => {
    collect();
    expect(answers.map((answer) => answer.deref() === undefined)).toEqual([true]);
    return Promise.resolve();
  });
  expect(started).toHaveLength(1);
});
