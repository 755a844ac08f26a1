import { isAnyClosed, lockAccounts } from '../repository/mailboxes.ts';
import type { Announcement, Transaction } from '../service.ts';
import type { NewNotification } from '../views/new-notification.ts';
import { deliverNotifications } from './deliver-notifications.ts';

/** Tells one account of something; nothing when it did it itself, or when it or who did it is gone. */
export async function notifyUser(trx: Transaction, news: NewNotification): Promise<Announcement[]> {
  if (news.actor?.userId === news.userId) return [];
  const people = [news.userId, ...(news.actor === null ? [] : [news.actor.userId])];
  await lockAccounts(trx, people);
  if (await isAnyClosed(trx, people)) return [];
  return await deliverNotifications(trx, [news]);
}
