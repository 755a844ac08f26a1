import type { NotificationKind } from '#contracts';
import { findCauses, insertEntries, lockMailboxes, updateMailboxes, type MailboxRow } from '../repository/mailboxes.ts';
import { whoDeclines } from '../repository/preferences.ts';
import type { Announcement, Transaction } from '../service.ts';
import type { NewNotification } from '../views/new-notification.ts';
import { entryOf, notificationOf } from '../views/notification.ts';

/** Entries that one statement writes; PostgreSQL takes 65,535 values at most. */
const BATCH_SIZE = 1000;

/**
 * Puts news into the mailboxes of those who want them, once for each cause. Mailboxes are locked in the order of their
 * owners' ids, and an id is given while the lock is held: who has seen an id has seen all below it.
 */
export async function deliverNotifications(
  trx: Transaction,
  news: readonly NewNotification[],
): Promise<Announcement[]> {
  const sorted = [...news].sort((a, b) => (a.userId < b.userId ? -1 : Number(a.userId > b.userId)));
  const announcements: Announcement[] = [];
  for (let start = 0; start < sorted.length; start += BATCH_SIZE) {
    announcements.push(...(await deliverBatch(trx, sorted.slice(start, start + BATCH_SIZE))));
  }
  return announcements;
}

async function deliverBatch(trx: Transaction, batch: readonly NewNotification[]): Promise<Announcement[]> {
  const wanted = await withoutDeclined(trx, batch);
  const userIds = [...new Set(wanted.map(({ userId }) => userId))];
  if (userIds.length === 0) return [];
  const mailboxes = new Map<string, MailboxRow>(await lockMailboxes(trx, userIds));
  const causes = wanted.map(({ cause }) => cause);
  const known = new Set(await findCauses(trx, userIds, causes));
  const entries = wanted.flatMap((one) => {
    const mailbox = mailboxes.get(one.userId);
    const key = `${one.userId} ${one.cause}`;
    if (mailbox === undefined || mailbox.closed_at !== null || known.has(key)) return [];
    known.add(key);
    const id = mailbox.last_id + 1;
    mailboxes.set(one.userId, { ...mailbox, last_id: id, unread: mailbox.unread + 1 });
    return [entryOf(one, id)];
  });
  await insertEntries(trx, entries);
  const changed = new Set(entries.map(({ user_id }) => user_id));
  await updateMailboxes(
    trx,
    [...mailboxes.values()].filter(({ user_id }) => changed.has(user_id)),
  );
  return entries.map((entry) => ({
    userId: entry.user_id,
    notification: notificationOf(entry),
    unread: mailboxes.get(entry.user_id)?.unread ?? 0,
  }));
}

async function withoutDeclined(trx: Transaction, batch: readonly NewNotification[]): Promise<NewNotification[]> {
  const declined = new Map<NotificationKind, ReadonlySet<string>>();
  for (const kind of new Set(batch.map((one) => one.kind))) {
    const userIds = [...new Set(batch.filter((one) => one.kind === kind).map(({ userId }) => userId))];
    declined.set(kind, await whoDeclines(trx, kind, userIds));
  }
  return batch.filter(({ kind, userId }) => declined.get(kind)?.has(userId) !== true);
}
