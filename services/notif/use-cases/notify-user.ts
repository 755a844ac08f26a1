import type { followed, unfollowed, videoPublished } from '#contracts';
import type { DataOf } from '#declare';
import {
  followChanges,
  followersAt,
  insertFollowChange,
  insertPublication,
  publicationsSince,
  type FollowPair,
} from '../repository/follows.ts';
import {
  deleteEntryOfCause,
  isAnyClosed,
  lockAccounts,
  lockMailboxes,
  updateMailboxes,
} from '../repository/mailboxes.ts';
import type { Announcement, Transaction } from '../service.ts';
import {
  followNews,
  publicationCause,
  publicationNews,
  readyNews,
  type News,
  type Publication,
} from '../views/new-notification.ts';
import { deliverNews } from './deliver-notifications.ts';

/** Tells one account of something; nothing when it did it itself, or when it or who did it is gone. */
export async function tellOne(trx: Transaction, news: News): Promise<Announcement[]> {
  if (news.actor?.userId === news.userId) return [];
  const people = [news.userId, ...(news.actor === null ? [] : [news.actor.userId])];
  await lockAccounts(trx, people);
  if (await isAnyClosed(trx, people)) return [];
  return await deliverNews(trx, [news]);
}

/** Tells the owner that the video is ready, and those who followed then of a public one. */
export async function tellOfPublication(
  trx: Transaction,
  data: DataOf<typeof videoPublished>,
): Promise<Announcement[]> {
  await lockAccounts(trx, [data.ownerId]);
  if (await isAnyClosed(trx, [data.ownerId])) return [];
  const news: News[] = [readyNews(data)];
  if (data.visibility === 'public') {
    const publication: Publication = {
      videoId: data.videoId,
      owner: { userId: data.ownerId, handle: data.ownerHandle, displayName: data.ownerDisplayName },
      title: data.title,
      publishedAt: new Date(data.publishedAt),
    };
    await insertPublication(trx, publication);
    const followers = await followersAt(trx, data.ownerId, publication.publishedAt);
    news.push(...followers.map((followerId) => publicationNews(publication, followerId)));
  }
  return await deliverNews(trx, news);
}

/** Keeps a follow and tells who is followed. */
export async function beginFollow(trx: Transaction, data: DataOf<typeof followed>): Promise<Announcement[]> {
  const at = new Date(data.followedAt);
  const settled = await changeFollow(trx, data, { following: true, at });
  return [...settled, ...(await tellOne(trx, followNews(data)))];
}

/** Keeps the end of a follow. */
export async function endFollow(trx: Transaction, data: DataOf<typeof unfollowed>): Promise<Announcement[]> {
  return await changeFollow(trx, data, { following: false, at: new Date(data.unfollowedAt) });
}

/** Keeps a change and, where a publication was heard of before it, makes good what was told of that. */
async function changeFollow(
  trx: Transaction,
  data: FollowPair & { readonly version: number },
  change: { readonly following: boolean; readonly at: Date },
): Promise<Announcement[]> {
  const pair = { followeeId: data.followeeId, followerId: data.followerId };
  const people = [pair.followeeId, pair.followerId];
  await lockAccounts(trx, people);
  if (await isAnyClosed(trx, people)) return [];
  await insertFollowChange(trx, {
    followee_id: pair.followeeId,
    follower_id: pair.followerId,
    version: data.version,
    following: change.following,
    changed_at: change.at,
  });
  const publications = await publicationsSince(trx, pair.followeeId, change.at);
  if (publications.length === 0) return [];
  const changes = await followChanges(trx, pair);
  const followedThen = ({ publishedAt }: Publication): boolean =>
    changes.find(({ changed_at }) => changed_at <= publishedAt)?.following === true;
  const told = publications.filter(followedThen).map((one) => publicationNews(one, pair.followerId));
  const wrong = publications.filter((one) => !followedThen(one)).map(({ videoId }) => publicationCause(videoId));
  return [...(await withdraw(trx, pair.followerId, wrong)), ...(await deliverNews(trx, told))];
}

async function withdraw(trx: Transaction, userId: string, causes: readonly string[]): Promise<Announcement[]> {
  const mailbox = (await lockMailboxes(trx, [userId])).get(userId);
  if (mailbox === undefined) return [];
  let { unread } = mailbox;
  let withdrawn = 0;
  for (const cause of causes) {
    const entry = await deleteEntryOfCause(trx, userId, cause);
    if (entry === undefined) continue;
    withdrawn += 1;
    if (entry.wasUnread) unread -= 1;
  }
  if (withdrawn === 0) return [];
  await updateMailboxes(trx, [{ ...mailbox, unread }]);
  return [{ userId, notification: null, unread }];
}
