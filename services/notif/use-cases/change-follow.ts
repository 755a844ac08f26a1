import { followChanges, insertFollowChange, publicationsSince, type FollowPair } from '../repository/follows.ts';
import {
  deleteEntryOfCause,
  isAnyClosed,
  lockAccounts,
  lockMailboxes,
  updateMailboxes,
} from '../repository/mailboxes.ts';
import type { Announcement, Transaction } from '../service.ts';
import { publicationCause, publishedNotification, type Publication } from '../views/new-notification.ts';
import { deliverNotifications } from './deliver-notifications.ts';

/** Keeps a change and, where a publication was heard of before it, makes good what was told of that. */
export async function changeFollow(
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
  const told = publications.filter(followedThen).map((one) => publishedNotification(one, pair.followerId));
  const wrong = publications.filter((one) => !followedThen(one)).map(({ videoId }) => publicationCause(videoId));
  return [...(await withdraw(trx, pair.followerId, wrong)), ...(await deliverNotifications(trx, told))];
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
