import type { Role } from '#contracts';
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { ProfileTable } from '../tables.ts';

/** A profile as it is kept. */
export type ProfileRow = Selectable<ProfileTable>;

/** What auth or a session knows about an account. */
export interface KnownAccount {
  readonly userId: string;
  readonly handle: string;
  readonly displayName: string;
  readonly role: Role;
  readonly joinedAt: Date;
  /** Version of the account; 0 when a session told of it. */
  readonly version: number;
}

/** The profile of an id. */
export async function findProfile(db: Database, userId: string): Promise<ProfileRow | undefined> {
  return await db.selectFrom('profile').selectAll().where('user_id', '=', userId).executeTakeFirst();
}

/** The profile of a handle. */
export async function findProfileByHandle(db: Database, handle: string): Promise<ProfileRow | undefined> {
  return await db.selectFrom('profile').selectAll().where('handle', '=', handle).executeTakeFirst();
}

/**
 * Keeps what is known of an account unless something newer is. The name of a profile that its owner changed already stays.
 * Gives the row when it changed.
 */
export async function recordProfile(trx: Transaction, account: KnownAccount): Promise<ProfileRow | undefined> {
  return await trx
    .insertInto('profile')
    .values({
      user_id: account.userId,
      handle: account.handle,
      display_name: account.displayName,
      role: account.role,
      account_version: account.version,
      version: 1,
      joined_at: account.joinedAt,
    })
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet({
          role: sql`excluded.role`,
          joined_at: sql`excluded.joined_at`,
          account_version: sql`excluded.account_version`,
          display_name: sql`case when profile.account_version = 0 and profile.display_name = profile.handle then excluded.display_name else profile.display_name end`,
          version: sql`profile.version + 1`,
        })
        .whereRef('profile.account_version', '<', sql`excluded.account_version`),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Changes the given fields of a profile. Returns the row; undefined if it does not exist. */
export async function changeProfile(
  trx: Transaction,
  userId: string,
  change: { readonly displayName?: string | undefined; readonly bio?: string | undefined },
): Promise<ProfileRow | undefined> {
  return await trx
    .updateTable('profile')
    .set({
      version: sql`version + 1`,
      ...(change.displayName === undefined ? {} : { display_name: change.displayName }),
      ...(change.bio === undefined ? {} : { bio: change.bio }),
    })
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst();
}
