import { accountDeleted } from '#contracts';
import type { Session } from '#services/platform';
import { deleteAccount } from '../repository/accounts.ts';
import type { Context } from '../service.ts';
import { confirmPassword } from './confirm-password.ts';
import { endSessions } from './end-sessions.ts';

/** Deletes an account permanently, and its sessions: before the commit, and after it for sessions opened in the meantime. */
export async function closeAccount(
  context: Context,
  { session: { userId }, password }: { readonly session: Session; readonly password: string },
): Promise<void> {
  const { service } = context;
  await confirmPassword(context, { userId, password });
  await endSessions(context, { userId, reason: 'account_deleted' });
  await service.transaction(async (trx) => {
    const account = await deleteAccount(trx, userId);
    if (account === undefined) return;
    await service.enqueue(trx, accountDeleted, {
      aggregate: userId,
      data: { userId, version: account.version + 1, handle: account.handle, deletedAt: new Date().toISOString() },
    });
  });
  await endSessions(context, { userId, reason: 'account_deleted' });
}
