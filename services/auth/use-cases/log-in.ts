import type { logInBody } from '#contracts';
import { HttpError } from '#services/platform';
import type { z } from 'zod';
import { findAccount, findAccountByLogin } from '../repository/accounts.ts';
import type { Context } from '../service.ts';
import { endSessions } from './end-sessions.ts';
import { startSession, type StartedSession, type Visitor } from './start-session.ts';

/** Logs somebody in. Throws `wrong_credentials`, after the same work, for a wrong password and for an unknown name. */
export async function logIn(
  context: Context,
  { given, visitor }: { readonly given: z.infer<typeof logInBody>; readonly visitor: Visitor },
): Promise<StartedSession> {
  const { db } = context.service;
  const { login, password } = given;
  const account = await findAccountByLogin(db, login);
  const matches = await context.passwords.matches(account?.password_hash, password);
  if (account === undefined || !matches) throw new HttpError('wrong_credentials');
  const started = await startSession(context, { account, visitor });
  // a password that was changed, or an account deleted, while this one was compared
  const now = await findAccount(db, account.user_id);
  if (now?.password_hash === account.password_hash) return started;
  await endSessions(context, { userId: account.user_id, only: [started.session.sessionId], reason: 'revoked' });
  throw new HttpError('wrong_credentials');
}
