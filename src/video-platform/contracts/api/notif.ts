/** The HTTP face of notif, under /api/notif; the events of its stream are in live-event.ts. */
import * as z from 'zod';
import { count } from '../identifier.ts';
import { notification } from '../notification.ts';
import { pageFields, pageOf } from './page.ts';
import { defineApi } from '#declare';

export * from '../notif.ts';

/** Which notifications somebody wants; those about the own account and videos always come. */
export const notificationSettings = z.object({
  /** Somebody whom one follows published. */
  videoPublished: z.boolean(),
  videoCommented: z.boolean(),
  videoLiked: z.boolean(),
  followed: z.boolean(),
});
/** Which notifications somebody wants. */
export type NotificationSettings = z.infer<typeof notificationSettings>;

/** How many notifications were not read. */
export const unreadCount = z.object({ unread: count });
/** How many notifications were not read. */
export type UnreadCount = z.infer<typeof unreadCount>;

const notificationId = z.coerce.number().int().min(1);

/** Routes of notif. */
export const notifApi = defineApi('notif', {
  listNotifications: {
    method: 'get',
    path: '/notifications',
    access: 'session',
    summary: 'List your notifications, newest first',
    query: z.object({
      ...pageFields,
      /** Only those that were not read. */
      unread: z.stringbool().default(false),
    }),
    response: pageOf(notification),
    status: 200,
  },
  readUnreadCount: {
    method: 'get',
    path: '/notifications/unread',
    access: 'session',
    summary: 'Count your unread notifications',
    response: unreadCount,
    status: 200,
  },
  markRead: {
    method: 'put',
    path: '/notifications/:notificationId/read',
    access: 'session',
    summary: 'Mark a notification as read (idempotent)',
    params: z.object({ notificationId }),
    response: unreadCount,
    status: 200,
  },
  markAllRead: {
    method: 'put',
    path: '/notifications/read',
    access: 'session',
    summary: 'Mark all notifications up to the given one as read',
    body: z.strictObject({ upTo: z.int().min(1) }),
    response: unreadCount,
    status: 200,
  },
  readNotificationSettings: {
    method: 'get',
    path: '/settings',
    access: 'session',
    summary: 'Get notification preferences',
    response: notificationSettings,
    status: 200,
  },
  changeNotificationSettings: {
    method: 'patch',
    path: '/settings',
    access: 'session',
    summary: 'Change notification preferences (omitted ones stay)',
    body: z.strictObject(notificationSettings.partial().shape),
    response: notificationSettings,
    status: 200,
  },
  openStream: {
    method: 'get',
    path: '/stream',
    access: 'session',
    summary: 'Open the live stream of server-sent events (resumes after Last-Event-ID)',
    headers: ['last-event-id'],
    responseType: 'text/event-stream',
    status: 200,
  },
});
