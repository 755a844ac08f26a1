/** What video keeps of other services' data. Each row has the version it was told with; an older one changes nothing. */
import type { followed, profileUpdated, quotaChanged, unfollowed } from '#contracts';
import type { DataOf } from '#declare';
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { PersonTable, QuotaTable } from '../tables.ts';

/** Names of somebody as a session or a message says them. */
export interface PersonNames {
  readonly userId: string;
  readonly handle: string;
}

/**
 * Holds what concerns users still until the transaction ends, so that no account goes while something of it is written.
 * Gives whether all of them are still there.
 */
export async function holdAccounts(trx: Transaction, userIds: readonly string[]): Promise<boolean> {
  for (const id of [...userIds].sort()) {
    await sql`select pg_advisory_xact_lock_shared(hashtextextended(${id}, 0))`.execute(trx);
  }
  const gone = await trx.selectFrom('departed').select('user_id').where('user_id', 'in', userIds).executeTakeFirst();
  return gone === undefined;
}

/** Like {@link holdAccounts} for one account, and nobody else holds it. */
export async function lockAccount(trx: Transaction, userId: string): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 0))`.execute(trx);
  const gone = await trx.selectFrom('departed').select('user_id').where('user_id', '=', userId).executeTakeFirst();
  return gone === undefined;
}

/** Notes that an account is gone and drops what is projected of it. */
export async function departAccount(trx: Transaction, userId: string, at: Date): Promise<void> {
  await trx.insertInto('departed').values({ user_id: userId, departed_at: at }).execute();
  await trx.deleteFrom('person').where('user_id', '=', userId).execute();
  await trx.deleteFrom('quota').where('user_id', '=', userId).execute();
  await trx
    .deleteFrom('follow')
    .where(({ or, eb }) => or([eb('follower_id', '=', userId), eb('followee_id', '=', userId)]))
    .execute();
}

/** Keeps the handle that a session names until the profile itself is heard of. */
export async function meetPerson(trx: Transaction, { userId, handle }: PersonNames): Promise<void> {
  await trx
    .insertInto('person')
    .values({ user_id: userId, handle, display_name: handle, version: 0 })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .execute();
}

/** How somebody is named; undefined for somebody never heard of. */
export async function findPerson(db: Database, userId: string): Promise<Selectable<PersonTable> | undefined> {
  return await db.selectFrom('person').selectAll().where('user_id', '=', userId).executeTakeFirst();
}

/** Takes over a profile. */
export async function recordProfile(trx: Transaction, profile: DataOf<typeof profileUpdated>): Promise<void> {
  const columns = { handle: profile.handle, display_name: profile.displayName, version: profile.version };
  await trx
    .insertInto('person')
    .values({ user_id: profile.userId, ...columns })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet(columns).where('person.version', '<', profile.version),
    )
    .execute();
}

/** Takes over an allowance. */
export async function recordQuota(trx: Transaction, quota: DataOf<typeof quotaChanged>): Promise<void> {
  const columns = { limit_bytes: quota.limitBytes, used_bytes: quota.usedBytes, version: quota.version };
  await trx
    .insertInto('quota')
    .values({ user_id: quota.userId, ...columns })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet(columns).where('quota.version', '<', quota.version),
    )
    .execute();
}

/** The allowance of somebody; undefined before it was heard of. */
export async function findQuota(db: Database, userId: string): Promise<Selectable<QuotaTable> | undefined> {
  return await db.selectFrom('quota').selectAll().where('user_id', '=', userId).executeTakeFirst();
}

/** Takes over that somebody follows somebody, or no longer does. */
export async function recordFollow(
  trx: Transaction,
  pair: Pick<DataOf<typeof followed> | DataOf<typeof unfollowed>, 'followerId' | 'followeeId' | 'version'>,
  follows: boolean,
): Promise<void> {
  const columns = { follows, version: pair.version };
  await trx
    .insertInto('follow')
    .values({ follower_id: pair.followerId, followee_id: pair.followeeId, ...columns })
    .onConflict((conflict) =>
      conflict.columns(['follower_id', 'followee_id']).doUpdateSet(columns).where('follow.version', '<', pair.version),
    )
    .execute();
}
