import { Router } from 'express';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpApp } from '#runtime/http/app';
import { createHealth } from '#runtime/http/health';
import { listenHttp, type HttpListener } from '#runtime/http/listener';
import { createMetrics } from '#runtime/http/metrics';
import { createLogger, openEventStream, type EventStream } from '#runtime';
import { eventually } from '#test-support/eventually';

let listener: HttpListener | undefined;

afterEach(async () => {
  await listener?.close(0);
});

/** An app of the runtime without any store, with one stream. */
async function listen(stopping: AbortSignal, pingMs = 60_000) {
  const streams: EventStream[] = [];
  const routes = Router().get('/stream', (_request, response) => {
    const farewell = () => ({ name: 'bye', data: { at: 'now' } });
    streams.push(openEventStream(response, { pingMs, stopping, farewell, retryMs: 1500 }));
  });
  const options = {
    service: 'live',
    version: '1',
    publicOrigin: 'http://localhost',
    trustProxyHops: 0,
    health: createHealth(),
    metrics: createMetrics('live'),
    log: createLogger({ service: 'live', version: '1', level: 'silent' }),
  };
  listener = await listenHttp(
    createHttpApp(options, () => routes),
    { port: 0, host: '127.0.0.1' },
  );
  const answer = await fetch(`http://127.0.0.1:${listener.port}/api/live/stream`);
  return { answer, streams };
}

describe('a stream of events', () => {
  it('tells the browser when to come again, sends events with ids, and is buffered by nobody', async () => {
    const { answer, streams } = await listen(new AbortController().signal);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    streams[0]?.send({ name: 'note', data: { text: 'a\nb' }, id: 7 });
    streams[0]?.end();
    expect(await answer.text()).toBe('retry: 1500\n\nid: 7\nevent: note\ndata: {"text":"a\\nb"}\n\nretry: 1500\n\n');
  });

  it('says farewell and ends when the service begins to end', async () => {
    const stopping = new AbortController();
    const { answer } = await listen(stopping.signal);
    stopping.abort();
    expect(await answer.text()).toBe('retry: 1500\n\nevent: bye\ndata: {"at":"now"}\n\nretry: 1500\n\n');
  });

  it('is kept open by comments', async () => {
    const { answer, streams } = await listen(new AbortController().signal, 10);
    await pause(60);
    streams[0]?.end();
    expect((await answer.text()).match(/^: still here$/gm)?.length).toBeGreaterThan(1);
  });

  it('knows when its client has gone', async () => {
    const { answer, streams } = await listen(new AbortController().signal);
    let closed = false;
    void streams[0]?.closed.then(() => (closed = true));
    await answer.body?.cancel();
    await eventually(() => expect(closed).toBe(true));
  });
});
