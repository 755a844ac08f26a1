import type { Account, CurrentSession } from '#contracts';
import type { Session } from '#services/platform';
import type { AccountRow } from '../repository/accounts.ts';

/** A session as the contract shows it. */
export function currentSessionOf(session: Session, account: AccountRow): CurrentSession {
  const { sessionId, createdAt, idleExpiresAt, expiresAt } = session;
  return { sessionId, createdAt, idleExpiresAt, expiresAt, account: accountOf(account) };
}

function accountOf(row: AccountRow): Account {
  return {
    userId: row.user_id,
    handle: row.handle,
    displayName: row.display_name,
    email: row.email,
    role: row.role,
    createdAt: row.created_at.toISOString(),
  };
}
