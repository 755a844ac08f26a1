/** The administrator's list of accounts. */
import type { ListedAccount } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import { z } from 'zod';
import { listAccounts } from '../repository/account-directory.ts';
import type { Database } from '../service.ts';
import { quotaOf } from './change-quota.ts';

const place = z.object({ joinedAt: z.coerce.date(), userId: z.uuid() });

/** Accounts, the newest first: all, by a part of their handle or name, or the given ones. */
export async function readAccounts(
  db: Database,
  query: {
    readonly q?: string | undefined;
    readonly ids?: readonly string[] | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
) {
  const { q: text, ids, cursor, limit } = query;
  const rows = await listAccounts(db, { text, ids, after: decodeCursor(place, cursor), limit: limit + 1 });
  return pageFrom(
    rows,
    limit,
    (row): ListedAccount => ({
      userId: row.user_id,
      handle: row.handle,
      displayName: row.display_name,
      role: row.role,
      quota: quotaOf(row),
      createdAt: row.joined_at.toISOString(),
    }),
    (row) => ({ joinedAt: row.joined_at, userId: row.user_id }),
  );
}
