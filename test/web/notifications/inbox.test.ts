import type { Notification } from '#contracts';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import NotificationPanel from '../../../web/src/notifications/notification-panel.vue';
import { useLive } from '../../../web/src/stores/live.ts';
import { useSession } from '../../../web/src/stores/session.ts';
import { useToasts } from '../../../web/src/stores/toasts.ts';
import { json, problem, startOrigin, type Origin } from '../support/origin.ts';
import { eventually, mountPage, type MountedPage } from '../support/page.ts';
import { SESSION } from '../support/session.ts';

const note = (id: number, more: Partial<Notification> = {}): Notification => ({
  id,
  kind: 'video_published',
  title: `Video ${id}`,
  body: '',
  link: '/watch/x',
  actor: null,
  videoId: null,
  createdAt: '2026-01-31T10:00:00.000Z',
  readAt: null,
  ...more,
});

let origin: Origin;
let mounted: MountedPage;
let stream: ServerResponse | undefined;
let stored: readonly Notification[];

beforeEach(async () => {
  stored = [note(2), note(1, { readAt: '2026-01-31T11:00:00.000Z' })];
  origin = await startOrigin(({ method, url }, response) => {
    if (method !== 'GET') return json(response, 503, problem(503, 'unavailable'));
    if (url.startsWith('/api/auth')) return json(response, 200, { session: SESSION });
    if (!url.endsWith('/stream')) return json(response, 200, { items: stored, nextCursor: null });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    stream = response;
    push('hello', { userId: SESSION.account.userId, unread: 1 });
  });
});
afterEach(async () => {
  useLive().close();
  await mounted.leave();
  await origin.close();
});

const push = (name: string, data: unknown): void =>
  void stream?.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
const titles = () => mounted.page.findAll('li a').map((link) => link.text().replace(', unread', ''));

async function open(): Promise<void> {
  mounted = await mountPage(NotificationPanel);
  await useSession().ready();
  useLive();
  await eventually(() => expect(useLive().unread).toBe(1));
  await eventually(() => expect(titles()).toHaveLength(stored.length));
}

test('what arrives waits at the top, and moves nothing that is read until it is asked for', async () => {
  await open();
  push('notification', { notification: note(3), unread: 2 });
  const waiting = await eventually(() => mounted.page.get('[role="status"] button'));
  expect(waiting.text()).toBe('1 new notification');
  expect(titles()).toEqual(['Video 2', 'Video 1']);
  await waiting.trigger('click');
  expect(titles()).toEqual(['Video 3', 'Video 2', 'Video 1']);
});

test('into an empty list it comes by itself', async () => {
  stored = [];
  await open();
  push('notification', { notification: note(3), unread: 2 });
  await eventually(() => expect(titles()).toEqual(['Video 3']));
});

test('marking read is shown at once, and taken back with a word when it is refused', async () => {
  await open();
  await mounted.page.get('button[aria-label="Mark read: Video 2"]').trigger('click');
  expect(mounted.page.find('button[aria-label="Mark read: Video 2"]').exists()).toBe(false);
  await eventually(() =>
    expect(useToasts().toasts.map(({ text }) => text)).toEqual(['Not marked read. Title of unavailable.']),
  );
  expect(mounted.page.find('button[aria-label="Mark read: Video 2"]').exists()).toBe(true);
});
