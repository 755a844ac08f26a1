import { Router } from 'express';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpApp } from '#runtime/http/app';
import { createHealth } from '#runtime/http/health';
import { jsonBody } from '#runtime/http/json-body';
import { listenHttp, type HttpListener } from '#runtime/http/listener';
import { createMetrics } from '#runtime/http/metrics';
import { createLogger } from '#runtime';

const LIMIT_BYTES = 64 * 1024;
const WITHIN_MS = 400;

let http: HttpListener;

beforeAll(async () => {
  const log = createLogger({ service: 'echo', version: '0', level: 'silent' });
  const options = { service: 'echo', version: '0', trustProxyHops: 0, log };
  const routes = Router().post('/', ...jsonBody(LIMIT_BYTES, WITHIN_MS), (request, response) => {
    response.json(request.body);
  });
  const app = createHttpApp({ ...options, health: createHealth(), metrics: createMetrics('echo') }, () => routes);
  http = await listenHttp(app, { port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  await http.close(1000);
});

async function send(body: string, contentType = 'application/json') {
  const headers = { 'content-type': contentType };
  const answer = await fetch(`http://127.0.0.1:${http.port}/api/echo`, {
    ...{ method: 'POST', headers, body },
  });
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.json() };
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('a JSON body', () => {
  it('has up to 32 levels; brackets within texts are none', async () => {
    expect(await send(nested(32))).toMatchObject({ status: 200 });
    const brackets = { text: '[{'.repeat(100), quoted: '"[\\'.repeat(100) };
    expect(await send(JSON.stringify(brackets))).toMatchObject({ status: 200, body: brackets });
  });

  it.each([
    ['arrays', nested(33)],
    ['arrays that never close', '['.repeat(16_000)],
    ['objects', '{"a":'.repeat(3000) + '1' + '}'.repeat(3000)],
    ['arrays after an escaped quote', `["\\"", ${nested(32)}]`],
  ])('with more levels of %s is refused', async (_, body) => {
    expect(await send(body)).toMatchObject({
      ...{ status: 400, type: expect.stringMatching(/^application\/problem\+json/) as unknown },
      body: { code: 'bad_request', detail: 'the body is nested too deeply' },
    });
  });

  it.each(['utf-8', 'UTF-8', '"utf-8"'])('is read in the charset %s', async (charset) => {
    expect(await send('{"a":"ä"}', `application/json; charset=${charset}`)).toMatchObject({ body: { a: 'ä' } });
  });

  it.each(['latin1', 'utf8', 'utf-16', 'utf-7', 'nothing', 'utf-nothing'])(
    'in the charset %s is refused',
    async (charset) => {
      expect(await send('{}', `application/json; charset=${charset}`)).toMatchObject({
        ...{ status: 415, body: { code: 'media_type' } },
      });
    },
  );

  it('in a charset that the header hides is refused before it is looked at', async () => {
    const type = 'application/json; a="; charset=utf-8"; charset=utf-16le';
    expect(await send('{}', type)).toMatchObject({ status: 415, body: { code: 'media_type' } });
  });

  it('that comes a little at a time is refused when its time is over', async () => {
    const socket = connect(http.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'POST /api/echo HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n[',
    );
    const dripping = setInterval(() => socket.write(' '), 20);
    const answer = await text(socket);
    clearInterval(dripping);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*connection: close[^]*the body did not arrive within/i);
    expect(await send('{}')).toMatchObject({ status: 200 });
  });
});
