import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  authApi,
  call,
  callForAnswer,
  notifApi,
  onCallOutcome,
  Refusal,
  Unreachable,
  videoApi,
  wordsOf,
  type CallOutcome,
} from '../../../web/src/api/index.ts';
import { json, problem, startOrigin, type Origin } from '../support/origin.ts';

const VIDEO = '11111111-1111-4111-8111-111111111111';
let origin: Origin;
let outcomes: CallOutcome[];
let stop: () => void;

beforeEach(async () => {
  origin = await startOrigin();
  outcomes = [];
  stop = onCallOutcome((outcome) => outcomes.push(outcome));
});
afterEach(async () => {
  stop();
  await origin.close();
});

test('puts parameters, query, body and version where the contract says', async () => {
  origin.answer = (_, response) => json(response, 200, { videoId: VIDEO }, { etag: '"4"' });
  const answer = await callForAnswer(videoApi, 'changeVideo', {
    params: { videoId: VIDEO },
    body: { title: 'New' },
    ifMatch: '"3"',
  });
  expect(answer.etag).toBe('"4"');
  expect(answer.requestId).toBe('req-1');
  const [received] = origin.received;
  expect(received).toMatchObject({ method: 'PATCH', url: `/api/video/videos/${VIDEO}`, body: '{"title":"New"}' });
  expect(received?.headers).toMatchObject({ 'if-match': '"3"', 'content-type': 'application/json' });
});

test('sends a query without what is undefined', async () => {
  origin.answer = (_, response) => json(response, 200, { items: [], nextCursor: null });
  await call(videoApi, 'listVideos', { query: { q: 'a & b', cursor: undefined, ids: [VIDEO] } });
  expect(origin.received[0]?.url).toBe(`/api/video/videos?q=a+%26+b&ids=${VIDEO}`);
});

test('sends an idempotency key', async () => {
  origin.answer = (_, response) => json(response, 201, {});
  await call(videoApi, 'addComment', { params: { videoId: VIDEO }, body: { text: 'x' }, idempotencyKey: 'key-1' });
  expect(origin.received[0]?.headers['idempotency-key']).toBe('key-1');
});

test('gives nothing for an answer without content', async () => {
  await expect(call(authApi, 'logOut')).resolves.toBeUndefined();
  expect(outcomes).toEqual([{ service: 'auth' }]);
});

test('throws the refusal of a service with its code and request id', async () => {
  origin.answer = (_, response) => json(response, 401, problem(401, 'wrong_credentials'));
  const error = await call(authApi, 'logIn', { body: { login: 'a', password: 'b' } }).catch((given: unknown) => given);
  expect(error).toBeInstanceOf(Refusal);
  expect(error).toMatchObject({ service: 'auth', code: 'wrong_credentials', problem: { requestId: 'req-1' } });
  expect(outcomes[0]?.error).toBe(error);
});

test('makes of a bare 503, as an edge sends it, a refusal that names the service', async () => {
  origin.answer = (_, response) => response.writeHead(503, { 'retry-after': '3' }).end('no instance is ready');
  const error = await call(notifApi, 'readUnreadCount').catch((given: unknown) => given);
  expect(error).toMatchObject({ code: 'unavailable', problem: { dependency: 'notif', retryAfterSeconds: 3 } });
});

test('tells a server that cannot be reached from one that refuses', async () => {
  await origin.close();
  const error = await call(authApi, 'readSession').catch((given: unknown) => given);
  expect(error).toBeInstanceOf(Unreachable);
  expect(error).toMatchObject({ service: 'auth', offline: false });
  origin = await startOrigin();
});

test('a call that its caller gave up is nobody’s fault', async () => {
  const giveUp = new AbortController();
  origin.answer = () => giveUp.abort();
  await expect(call(authApi, 'readSession', { signal: giveUp.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(outcomes).toEqual([]);
});

test('a fault of the page is thrown as it is, and no service is blamed for it', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    throw new TypeError('AbortSignal.timeout is not a function');
  });
  const error = await call(authApi, 'readSession').catch((given: unknown) => given);
  timeout.mockRestore();
  expect(error).toBeInstanceOf(TypeError);
  expect(outcomes).toEqual([]);
  expect(wordsOf(error)).toMatchObject({ title: 'Something went wrong on this page.' });
});

test('refuses to make a path without its parameter', async () => {
  await expect(call(videoApi, 'readVideo', { params: { videoId: '' } })).rejects.toThrow(/videoId/);
});
