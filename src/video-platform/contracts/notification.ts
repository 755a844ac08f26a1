import * as z from 'zod';
import { instant, person, videoId } from './identifier.ts';

/** What a notification tells. */
export const notificationKind = z.enum([
  'video_published',
  'video_ready',
  'video_commented',
  'video_liked',
  'media_failed',
  'job_dead',
  'followed',
  'password_changed',
]);
/** What a notification tells. */
export type NotificationKind = z.infer<typeof notificationKind>;

/** One entry of somebody's inbox, the same in the list, in the message between replicas and on the stream. */
export const notification = z.object({
  /** Grows for each user; also the id of the event on the stream. */
  id: z.int().min(1),
  kind: notificationKind,
  /** One line of plain text. */
  title: z.string().min(1).max(200),
  /** More of it, or empty. */
  body: z.string().max(500),
  /** Path of the page that it is about. */
  link: z.string().startsWith('/'),
  /** Who caused it; null when nobody did. */
  actor: person.nullable(),
  videoId: videoId.nullable(),
  createdAt: instant,
  readAt: instant.nullable(),
});
/** One entry of somebody's inbox. */
export type Notification = z.infer<typeof notification>;
