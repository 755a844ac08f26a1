import { sql, type Insertable, type Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { MailboxTable, NotificationTable } from '../tables.ts';

/** A mailbox as it is kept. */
export type MailboxRow = Selectable<MailboxTable>;
/** An entry as it is kept. */
export type NotificationRow = Selectable<NotificationTable>;

/** Where a mailbox stands. */
export interface MailboxState {
  /** Highest id that was given; 0 while it is empty. */
  readonly lastId: number;
  readonly unread: number;
}

/**
 * Keeps other transactions about these accounts out until this one ends. Taken before mailboxes are locked, and always in
 * the same order, so that no two transactions wait for each other.
 */
export async function lockAccounts(trx: Transaction, userIds: readonly string[]): Promise<void> {
  for (const userId of ordered(userIds)) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 0))`.execute(trx);
  }
}

/** Whether one of these accounts was deleted. */
export async function isAnyClosed(db: Database, userIds: readonly string[]): Promise<boolean> {
  const closed = await db
    .selectFrom('mailbox')
    .select('user_id')
    .where('user_id', 'in', [...userIds])
    .where('closed_at', 'is not', null)
    .executeTakeFirst();
  return closed !== undefined;
}

/** Makes the mailboxes that are not there yet and locks all, those of deleted accounts too. */
export async function lockMailboxes(
  trx: Transaction,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, MailboxRow>> {
  const ids = ordered(userIds);
  if (ids.length === 0) return new Map();
  await trx
    .insertInto('mailbox')
    .values(ids.map((user_id) => ({ user_id, last_id: 0, unread: 0, closed_at: null })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const rows = await trx
    .selectFrom('mailbox')
    .selectAll()
    .where('user_id', 'in', ids)
    .orderBy('user_id')
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [row.user_id, row]));
}

/** Adds entries to mailboxes that are locked; their ids are already given. */
export async function insertEntries(trx: Transaction, rows: readonly Insertable<NotificationTable>[]): Promise<void> {
  if (rows.length > 0)
    await trx
      .insertInto('notification')
      .values([...rows])
      .execute();
}

/** Writes where mailboxes stand; they are locked. */
export async function updateMailboxes(trx: Transaction, changed: readonly MailboxRow[]): Promise<void> {
  if (changed.length === 0) return;
  const ids = changed.map(({ user_id }) => user_id);
  const lastIds = changed.map(({ last_id }) => last_id);
  const unread = changed.map((row) => row.unread);
  await sql`
    update mailbox set last_id = change.last_id, unread = change.unread
    from unnest(${ids}::uuid[], ${lastIds}::bigint[], ${unread}::integer[]) as change (user_id, last_id, unread)
    where mailbox.user_id = change.user_id`.execute(trx);
}

/** Which of these causes a mailbox has an entry of already, as `<user> <cause>`. */
export async function findCauses(
  trx: Transaction,
  userIds: readonly string[],
  causes: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom('notification')
    .select(['user_id', 'cause'])
    .where('user_id', 'in', [...userIds])
    .where('cause', 'in', [...new Set(causes)])
    .execute();
  return new Set(rows.map(({ user_id, cause }) => `${user_id} ${cause}`));
}

/** Takes an entry out of a mailbox that is locked; says whether it was unread, undefined when there was none. */
export async function deleteEntryOfCause(
  trx: Transaction,
  userId: string,
  cause: string,
): Promise<{ readonly wasUnread: boolean } | undefined> {
  const row = await trx
    .deleteFrom('notification')
    .where('user_id', '=', userId)
    .where('cause', '=', cause)
    .returning('read_at')
    .executeTakeFirst();
  return row && { wasUnread: row.read_at === null };
}

/** Mailboxes that hold an entry that somebody caused. */
export async function mailboxesCausedBy(trx: Transaction, actorId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('notification')
    .select('user_id')
    .distinct()
    .where('actor_id', '=', actorId)
    .execute();
  return rows.map(({ user_id }) => user_id);
}

/** Takes out all entries of an account, and those that it caused; gives how many unread ones each mailbox lost. */
export async function deleteEntriesOf(trx: Transaction, userId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await trx
    .deleteFrom('notification')
    .where(({ or, eb }) => or([eb('user_id', '=', userId), eb('actor_id', '=', userId)]))
    .returning(['user_id', 'read_at'])
    .execute();
  const lost = new Map<string, number>();
  for (const row of rows) lost.set(row.user_id, (lost.get(row.user_id) ?? 0) + (row.read_at === null ? 1 : 0));
  return lost;
}

/** Marks a mailbox as one of a deleted account. */
export async function closeMailbox(trx: Transaction, userId: string, at: Date): Promise<void> {
  await trx.updateTable('mailbox').set({ closed_at: at, unread: 0 }).where('user_id', '=', userId).execute();
}

/** Marks entries up to one as read in a mailbox that is locked; `only` marks that one alone. Gives how many were unread. */
export async function setRead(
  trx: Transaction,
  userId: string,
  which: { readonly upTo: number } | { readonly only: number },
  at: Date,
): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('notification')
    .set({ read_at: at })
    .where('user_id', '=', userId)
    .where('read_at', 'is', null)
    .where('id', 'only' in which ? '=' : '<=', 'only' in which ? which.only : which.upTo)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Whether a mailbox holds an entry. */
export async function hasEntry(db: Database, userId: string, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('notification')
    .select('id')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Entries of a mailbox, the newest first, before an id where one is given. */
export async function listEntries(
  db: Database,
  userId: string,
  page: { readonly before: number | undefined; readonly unreadOnly: boolean; readonly limit: number },
): Promise<NotificationRow[]> {
  let query = db.selectFrom('notification').selectAll().where('user_id', '=', userId);
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  if (page.unreadOnly) query = query.where('read_at', 'is', null);
  return await query.orderBy('id', 'desc').limit(page.limit).execute();
}

/** Entries of a mailbox after an id, the oldest first. */
export async function entriesAfter(
  db: Database,
  userId: string,
  afterId: number,
  limit: number,
): Promise<NotificationRow[]> {
  return await db
    .selectFrom('notification')
    .selectAll()
    .where('user_id', '=', userId)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Where mailboxes stand, by account; those that never had an entry are left out. */
export async function mailboxStates(
  db: Database,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, MailboxState>> {
  if (userIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('mailbox')
    .selectAll()
    .where('user_id', 'in', [...userIds])
    .execute();
  return new Map(rows.map(({ user_id, last_id, unread }) => [user_id, { lastId: last_id, unread }]));
}

/** Where one mailbox stands. */
export async function mailboxState(db: Database, userId: string): Promise<MailboxState> {
  return (await mailboxStates(db, [userId])).get(userId) ?? { lastId: 0, unread: 0 };
}

function ordered(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
}
