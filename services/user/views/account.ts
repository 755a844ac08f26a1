import type { ListedAccount } from '#contracts';
import type { ListedRow } from '../repository/accounts.ts';
import { quotaOf } from './quota.ts';

/** An account as the administrator's list shows it. */
export function listedAccountOf(row: ListedRow): ListedAccount {
  return {
    userId: row.user_id,
    handle: row.handle,
    displayName: row.display_name,
    role: row.role,
    quota: quotaOf(row),
    createdAt: row.joined_at.toISOString(),
  };
}
