import type { Role } from '#contracts';
import { sql } from 'kysely';
import type { Database, Transaction } from '../service.ts';

/**
 * Lets one transaction at a time work on an account, and says whether the account still is: what arrives about one that is
 * gone must leave no row behind, also while it is being deleted.
 */
export async function holdAccount(trx: Transaction, userId: string): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 0))`.execute(trx);
  const gone = await trx.selectFrom('gone_account').select('user_id').where('user_id', '=', userId).executeTakeFirst();
  return gone === undefined;
}

/** Remembers that an account is gone and deletes all that is kept of it; its followees lose a follower. */
export async function forgetAccount(trx: Transaction, userId: string): Promise<void> {
  await trx
    .insertInto('gone_account')
    .values({ user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await trx
    .insertInto('audience_change')
    .columns(['followee_id', 'gained'])
    .expression((eb) =>
      eb
        .selectFrom('follow')
        .select(['followee_id', sql.lit(-1).as('gained')])
        .where('follower_id', '=', userId)
        .where('active', '=', true),
    )
    .execute();
  await trx.deleteFrom('profile').where('user_id', '=', userId).execute();
  await trx.deleteFrom('stored_video').where('owner_id', '=', userId).execute();
}

/** An account in the administrator's list. */
export interface ListedRow {
  readonly user_id: string;
  readonly handle: string;
  readonly display_name: string;
  readonly role: Role;
  readonly joined_at: Date;
  readonly limit_bytes: number;
  readonly used_bytes: number;
}

/** Where a page of the list starts: after this row. */
export interface ListedPlace {
  readonly joinedAt: Date;
  readonly userId: string;
}

/** Accounts whose handle or name holds a text, and that are among the given ones: the newest first, after a place. */
export async function findAccounts(
  db: Database,
  page: {
    readonly text: string | undefined;
    readonly ids: readonly string[] | undefined;
    readonly after: ListedPlace | undefined;
    readonly limit: number;
  },
): Promise<ListedRow[]> {
  const { text, ids, after, limit } = page;
  let query = db
    .selectFrom('profile')
    .innerJoin('quota', 'quota.user_id', 'profile.user_id')
    .select(['profile.user_id', 'handle', 'display_name', 'role', 'joined_at', 'limit_bytes', 'used_bytes']);
  if (text !== undefined && text !== '') {
    const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where(({ or, eb }) => or([eb('handle', 'ilike', pattern), eb('display_name', 'ilike', pattern)]));
  }
  if (ids !== undefined) query = query.where('profile.user_id', 'in', ids);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(joined_at, profile.user_id) < (${after.joinedAt}, ${after.userId}::uuid)`);
  }
  return await query.orderBy('joined_at', 'desc').orderBy('profile.user_id', 'desc').limit(limit).execute();
}
