import type { accountDeleted } from '#contracts';
import type { DataOf } from '#declare';
import { deleteFollowsOf, deletePublicationsOf } from '../repository/follows.ts';
import {
  closeMailbox,
  deleteEntriesOf,
  lockAccounts,
  lockMailboxes,
  mailboxesCausedBy,
  updateMailboxes,
} from '../repository/mailboxes.ts';
import { deletePreferences } from '../repository/preferences.ts';
import type { Announcement, Transaction } from '../service.ts';

/** Forgets an account, and what others heard of it; what of it comes late finds a closed mailbox. */
export async function forgetAccount(
  trx: Transaction,
  { userId, deletedAt }: DataOf<typeof accountDeleted>,
): Promise<Announcement[]> {
  await lockAccounts(trx, [userId]);
  const others = (await mailboxesCausedBy(trx, userId)).filter((other) => other !== userId);
  const mailboxes = await lockMailboxes(trx, [userId, ...others]);
  const lost = await deleteEntriesOf(trx, userId);
  const changed = others.flatMap((other) => {
    const mailbox = mailboxes.get(other);
    return mailbox === undefined ? [] : [{ ...mailbox, unread: mailbox.unread - (lost.get(other) ?? 0) }];
  });
  await updateMailboxes(trx, changed);
  await closeMailbox(trx, userId, new Date(deletedAt));
  await deletePreferences(trx, userId);
  await deleteFollowsOf(trx, userId);
  await deletePublicationsOf(trx, userId);
  return changed.map(({ user_id, unread }) => ({ userId: user_id, notification: null, unread }));
}
