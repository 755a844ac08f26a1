import type { videoPublished } from '#contracts';
import type { DataOf } from '#declare';
import { followersAt, insertPublication } from '../repository/follows.ts';
import { isAnyClosed, lockAccounts } from '../repository/mailboxes.ts';
import type { Announcement, Transaction } from '../service.ts';
import {
  publishedNotification,
  readyNotification,
  type NewNotification,
  type Publication,
} from '../views/new-notification.ts';
import { deliverNotifications } from './deliver-notifications.ts';

/** Tells the owner that the video is ready, and those who followed then of a public one. */
export async function recordPublication(
  trx: Transaction,
  data: DataOf<typeof videoPublished>,
): Promise<Announcement[]> {
  await lockAccounts(trx, [data.ownerId]);
  if (await isAnyClosed(trx, [data.ownerId])) return [];
  const news: NewNotification[] = [readyNotification(data)];
  if (data.visibility === 'public') {
    const publication: Publication = {
      videoId: data.videoId,
      owner: { userId: data.ownerId, handle: data.ownerHandle, displayName: data.ownerDisplayName },
      title: data.title,
      publishedAt: new Date(data.publishedAt),
    };
    await insertPublication(trx, publication);
    const followers = await followersAt(trx, data.ownerId, publication.publishedAt);
    news.push(...followers.map((followerId) => publishedNotification(publication, followerId)));
  }
  return await deliverNotifications(trx, news);
}
