import type { Notification } from '#contracts';
import { expect, test } from 'vitest';
import { markedRead, notificationDays, withNewer } from '../../../web/src/notifications/notification-days.ts';

const NOW = new Date(2026, 4, 20, 15, 0);
const note = (id: number, at: Date, more: Partial<Notification> = {}): Notification => ({
  id,
  kind: 'video_liked',
  title: `number ${id}`,
  body: '',
  link: '/watch/x',
  actor: null,
  videoId: null,
  createdAt: at.toISOString(),
  readAt: null,
  ...more,
});
const TODAY = new Date(2026, 4, 20, 0, 5);
const YESTERDAY = new Date(2026, 4, 19, 23, 55);

test('groups by the day of the reader, the newest first', () => {
  const days = notificationDays(
    [
      note(1, new Date(2025, 11, 31, 9)),
      note(2, new Date(2026, 4, 1, 9)),
      note(3, YESTERDAY),
      note(4, TODAY),
      note(5, NOW),
    ],
    NOW,
  );
  expect(days.map(({ label, items }) => [label, items.map(({ id }) => id)])).toEqual([
    ['Today', [5, 4]],
    ['Yesterday', [3]],
    ['Friday, May 1', [2]],
    ['December 31, 2025', [1]],
  ]);
});

test('shows what came twice once', () => {
  expect(notificationDays([note(1, TODAY), note(1, TODAY)], NOW)[0]?.items).toHaveLength(1);
  expect(withNewer([note(2, TODAY), note(1, TODAY)], [note(3, NOW), note(2, TODAY)]).map(({ id }) => id)).toEqual([
    3, 2, 1,
  ]);
});

test('marks read what is named, and leaves when something was read before', () => {
  const before = note(1, TODAY, { readAt: '2026-05-20T01:00:00.000Z' });
  const list = markedRead([note(3, NOW), note(2, TODAY), before], ({ id }) => id <= 2, '2026-05-20T14:00:00.000Z');
  expect(list.map(({ readAt }) => readAt)).toEqual([null, '2026-05-20T14:00:00.000Z', before.readAt]);
});
