import { passwordChanged, type changePasswordBody } from '#contracts';
import { HttpError, type Session } from '#services/platform';
import type { z } from 'zod';
import { refuseWeakPassword } from '../passwords/weak-password.ts';
import { updatePassword } from '../repository/accounts.ts';
import type { Context } from '../service.ts';
import { confirmPassword } from './confirm-password.ts';
import { endSessions } from './end-sessions.ts';
import type { StartedSession } from './start-session.ts';

/**
 * Changes the password, ends all other sessions and gives this one a new secret. The others end before the commit, so that
 * a process killed in between leaves none of them behind a new password, and after it, for one that was opened meanwhile.
 */
export async function changePassword(
  context: Context,
  wish: {
    readonly session: Session;
    readonly secret: string;
    readonly given: z.infer<typeof changePasswordBody>;
  },
): Promise<StartedSession> {
  const { service, passwords, sessions } = context;
  const { userId, sessionId } = wish.session;
  const { currentPassword, newPassword } = wish.given;
  const account = await confirmPassword(context, { userId, password: currentPassword });
  await refuseWeakPassword(newPassword, account);
  const passwordHash = await passwords.hash(newPassword);
  const others = { userId, except: sessionId, reason: 'password_changed' } as const;
  const ended = await endSessions(context, others);
  const version = await service.transaction(async (trx) => {
    const next = await updatePassword(trx, account, passwordHash);
    if (next === undefined)
      throw new HttpError('conflict', { detail: 'the account was changed at the same time: try again' });
    await service.enqueue(trx, passwordChanged, {
      aggregate: userId,
      data: { userId, version: next, changedAt: new Date().toISOString(), revokedSessions: ended.length },
    });
    return next;
  });
  await endSessions(context, others);
  const renewed = await sessions.rotate(wish.secret);
  if (renewed === undefined) throw new HttpError('no_session');
  return { ...renewed, account: { ...account, password_hash: passwordHash, version } };
}
