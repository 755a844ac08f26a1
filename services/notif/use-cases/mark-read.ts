import { notFound } from '#runtime';
import { hasEntry, lockMailboxes, setRead, updateMailboxes } from '../repository/mailboxes.ts';
import type { Announcement, Transaction } from '../service.ts';

/** Marks one entry of an own mailbox read, or all up to one. Throws `not_found` for one that is not there. */
export async function markRead(
  trx: Transaction,
  userId: string,
  which: { readonly upTo: number } | { readonly only: number },
): Promise<Announcement> {
  const mailbox = (await lockMailboxes(trx, [userId])).get(userId);
  const marked = await setRead(trx, userId, which, new Date());
  if (marked === 0 && 'only' in which && !(await hasEntry(trx, userId, which.only))) throw notFound();
  const unread = Math.max(0, (mailbox?.unread ?? 0) - marked);
  if (mailbox !== undefined && marked > 0) await updateMailboxes(trx, [{ ...mailbox, unread }]);
  return { userId, notification: null, unread };
}
