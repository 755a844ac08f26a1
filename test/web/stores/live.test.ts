import type { ServerResponse } from 'node:http';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useLive } from '../../../web/src/stores/live.ts';
import { useSession } from '../../../web/src/stores/session.ts';
import { json, problem, startOrigin, type Origin } from '../support/origin.ts';
import { eventually } from '../support/page.ts';
import { SESSION } from '../support/session.ts';

let origin: Origin;
let streams: ServerResponse[];
let live: ReturnType<typeof useLive>;
let session: ReturnType<typeof useSession>;

beforeEach(async () => {
  setActivePinia(createPinia());
  streams = [];
  origin = await startOrigin((request, response) => {
    if (request.url !== '/api/notif/stream') return json(response, 200, { session: SESSION });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event('hello', { userId: SESSION.account.userId, unread: 2 }));
    streams.push(response);
  });
  session = useSession();
  live = useLive();
});
afterEach(async () => {
  live.close();
  await origin.close();
});

const event = (name: string, data: unknown, id?: number): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const connections = () => origin.received.filter(({ url }) => url === '/api/notif/stream');

async function logIn(): Promise<void> {
  await session.ready();
  await eventually(() => expect(live.unread).toBe(2));
}

test('is closed while nobody is logged in', () => {
  expect(live.state).toBe('closed');
  expect(origin.received).toEqual([]);
});

test('opens with the session and gives typed events', async () => {
  const heard: unknown[] = [];
  live.on('progress', (data) => heard.push(data.percent));
  await logIn();
  expect(live.state).toBe('open');
  streams[0]?.write(event('progress', { percent: 42 }) + event('unknown', {}) + event('unread', { unread: 0 }));
  await eventually(() => expect(live.unread).toBe(0));
  expect(heard).toEqual([42]);
});

test('comes back after the pause that the server asks for, from the last notification on', async () => {
  await logIn();
  streams[0]?.write(event('notification', { notification: {}, unread: 3 }, 17));
  streams[0]?.end('retry: 5\n' + event('bye', { at: '2026-01-01T00:00:00.000Z' }));
  await eventually(() => expect(connections()).toHaveLength(2));
  expect(connections().map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '17']);
  await eventually(() => expect(live.state).toBe('open'));
});

test('comes back when the connection breaks without a word', async () => {
  await logIn();
  streams[0]?.write('retry: 5\n\n');
  streams[0]?.write(event('unread', { unread: 9 }));
  await eventually(() => expect(live.unread).toBe(9));
  streams[0]?.destroy();
  await eventually(() => expect(connections()).toHaveLength(2));
});

test('waits as long as a refusal says', async () => {
  const streaming = origin.answer;
  let refused = 0;
  origin.answer = (request, response) => {
    if (request.url !== '/api/notif/stream' || refused > 0) return streaming(request, response);
    refused += 1;
    json(response, 503, problem(503, 'unavailable', { retryAfterSeconds: 0 }));
  };
  await session.ready();
  await eventually(() => expect(live.state).toBe('open'));
  expect(connections()).toHaveLength(2);
});

test('does not come back when the session was ended, and tells so', async () => {
  await logIn();
  streams[0]?.write(event('session-revoked', { reason: 'logout', at: '2026-01-01T00:00:00.000Z' }));
  await eventually(() => expect(session.loggedIn).toBe(false));
  expect([live.state, session.ended]).toEqual(['closed', 'revoked']);
  expect(connections()).toHaveLength(1);
});

test('closes on log-out, and forgets what it counted', async () => {
  await logIn();
  origin.answer = (_, response) => response.writeHead(204).end();
  await session.logOut();
  await eventually(() => expect(live.state).toBe('closed'));
  expect(live.unread).toBeUndefined();
});

test('knows that news is late while messages do not flow, until they do', async () => {
  await logIn();
  expect(live.flowing).toBe(true);
  streams[0]?.write(event('messages', { flowing: false }));
  await eventually(() => expect(live.flowing).toBe(false));
  streams[0]?.write(event('messages', { flowing: true }));
  await eventually(() => expect(live.flowing).toBe(true));
});
