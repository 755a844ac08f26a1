import type { Notification } from '#contracts';

/** Notifications of one day. */
export interface NotificationDay {
  /** Day in the reader's time zone, such as `2026-01-31`. */
  readonly key: string;
  readonly label: string;
  readonly items: readonly Notification[];
}

const WEEKDAY = new Intl.DateTimeFormat('en', { weekday: 'long', month: 'long', day: 'numeric' });
const WITH_YEAR = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'long', day: 'numeric' });

/** Groups notifications by day, the newest first; each stands once. */
export function notificationDays(list: readonly Notification[], now: Date): readonly NotificationDay[] {
  const days = new Map<string, Notification[]>();
  const known = new Map(list.map((item) => [item.id, item]));
  for (const item of [...known.values()].sort((one, other) => other.id - one.id)) {
    const key = dayKey(new Date(item.createdAt));
    const day = days.get(key);
    if (day) day.push(item);
    else days.set(key, [item]);
  }
  return [...days].map(([key, items]) => ({ key, label: dayLabel(key, now), items }));
}

function dayLabel(key: string, now: Date): string {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (key === dayKey(today)) return 'Today';
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (key === dayKey(yesterday)) return 'Yesterday';
  const date = new Date(`${key}T12:00:00`);
  return (date.getFullYear() === now.getFullYear() ? WEEKDAY : WITH_YEAR).format(date);
}

function dayKey(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Puts newer notifications on top of a list, each once. */
export function withNewer(list: readonly Notification[], newer: readonly Notification[]): readonly Notification[] {
  const ids = new Set(newer.map(({ id }) => id));
  return [...newer, ...list.filter(({ id }) => !ids.has(id))];
}

/** The list with those read that `which` names. */
export function markedRead(
  list: readonly Notification[],
  which: (notification: Notification) => boolean,
  at: string,
): readonly Notification[] {
  return list.map((item) => (item.readAt === null && which(item) ? { ...item, readAt: at } : item));
}
