/**
 * The events of the one live stream, `GET /api/notif/stream`. Only `notification` carries an id of its own, and
 * `hello` that of the last one before it, so Last-Event-ID is always that of a notification and no other event is replayed.
 */
import * as z from 'zod';
import { revocationReason } from '../auth.ts';
import { count, instant, userId } from '../identifier.ts';
import { progress } from '../media.ts';
import { notification } from '../notification.ts';

/** Schema of the data of each event of the live stream, by the event's name. */
export const LIVE_EVENTS = {
  /** First on every connection. */
  hello: z.object({ userId, unread: count }),
  /** A new entry of the inbox; its id is the event's id. */
  notification: z.object({ notification, unread: count }),
  /** Entries were marked read, here or on another page. */
  unread: z.object({ unread: count }),
  /** How far the processing of an own video is. */
  progress,
  /**
   * Whether messages between the services come through. Told when that changes, and after `hello` when they do not: what
   * others do, progress and counts are late then, and nothing of it is lost.
   */
  messages: z.object({ flowing: z.boolean() }),
  /** This session ended; last on the connection, which is not to be opened again. */
  'session-revoked': z.object({ reason: revocationReason, at: instant }),
  /** The server stops; the page connects again after the `retry:` that comes with it. */
  bye: z.object({ at: instant }),
} as const;

/** Name of an event of the live stream. */
export type LiveEventName = keyof typeof LIVE_EVENTS;

/** Data of an event of the live stream. */
export type LiveEventData<Name extends LiveEventName> = z.infer<(typeof LIVE_EVENTS)[Name]>;
