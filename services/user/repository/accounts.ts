import { sql } from 'kysely';
import type { Transaction } from '../service.ts';

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
