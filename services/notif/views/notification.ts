import type { Notification } from '#contracts';
import type { NotificationRow } from '../repository/mailboxes.ts';
import type { NewNotification } from './new-notification.ts';

/** An entry as the list, the stream and the message between replicas show it. */
export function notificationOf(row: NotificationRow): Notification {
  const { actor_id, actor_handle, actor_name } = row;
  const hasActor = actor_id !== null && actor_handle !== null && actor_name !== null;
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    body: row.body,
    link: row.link,
    actor: hasActor ? { userId: actor_id, handle: actor_handle, displayName: actor_name } : null,
    videoId: row.video_id,
    createdAt: row.created_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  };
}

/** NewNotification as an entry under an id. */
export function entryOf(news: NewNotification, id: number): NotificationRow {
  return {
    user_id: news.userId,
    id,
    kind: news.kind,
    cause: news.cause,
    title: news.title,
    body: news.body,
    link: news.link,
    actor_id: news.actor?.userId ?? null,
    actor_handle: news.actor?.handle ?? null,
    actor_name: news.actor?.displayName ?? null,
    video_id: news.videoId,
    created_at: news.createdAt,
    read_at: null,
  };
}
