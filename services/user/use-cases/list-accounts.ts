import { cursorInstant, type ListedAccount } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import { z } from 'zod';
import { findAccounts } from '../repository/accounts.ts';
import type { Service } from '../service.ts';
import { listedAccountOf } from '../views/account.ts';

const place = z.object({ joinedAt: cursorInstant.transform((text) => new Date(text)), userId: z.uuid() });

/** A page of accounts for the administrator, the newest first: all, by a part of their handle or name, or the given ones. */
export async function listAccounts(
  { db }: Service,
  query: {
    readonly q?: string | undefined;
    readonly ids?: readonly string[] | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ readonly items: ListedAccount[]; readonly nextCursor: string | null }> {
  const { q: text, ids, cursor, limit } = query;
  const rows = await findAccounts(db, { text, ids, after: decodeCursor(place, cursor), limit: limit + 1 });
  return pageFrom(rows, limit, listedAccountOf, (row) => ({ joinedAt: row.joined_at, userId: row.user_id }));
}
