/** Messages of notif, which owns the inboxes and pushes them live. */
import { defineMessage } from '#declare';
import * as z from 'zod';
import { count, userId } from './identifier.ts';
import { notification } from './notification.ts';

/** A user's inbox changed: tells every replica that holds a stream of that user. */
export const notify = defineMessage({
  subject: 'notify.{user}',
  delivery: 'core',
  payload: z.object({
    userId,
    /** The new entry; null when entries were only marked read. */
    notification: notification.nullable(),
    unread: count,
  }),
});
