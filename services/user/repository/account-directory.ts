import type { Role } from '#contracts';
import { sql } from 'kysely';
import type { Database } from '../service.ts';

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
export async function listAccounts(
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
