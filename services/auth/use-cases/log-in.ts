import { HttpError } from '#services/platform';
import { findAccount, type AccountRow } from '../repository/accounts.ts';
import type { Context } from '../service.ts';
import { endSessions } from './end-sessions.ts';
import { startSession, type StartedSession, type Visitor } from './start-session.ts';

/** Who wants to log in. */
export interface LogIn {
  /** The account that was named, if there is one. */
  readonly account: AccountRow | undefined;
  readonly password: string;
  readonly visitor: Visitor;
  /** Where the visitor comes from, for the log. */
  readonly address: string;
}

/** Logs somebody in. Throws `wrong_credentials`, after the same work, for a wrong password and for an unknown name. */
export async function logIn(context: Context, { account, password, visitor, address }: LogIn): Promise<StartedSession> {
  const { db, log } = context.service;
  // never the name as it was typed: people type passwords there
  const who = { userId: account?.user_id ?? 'unknown', address };
  const matches = await context.passwords.matches(account?.password_hash, password);
  if (account === undefined || !matches) {
    log.warn(who, 'log-in failed');
    throw new HttpError('wrong_credentials');
  }
  const started = await startSession(context, { account, visitor });
  // a password that was changed, or an account deleted, while this one was compared
  const now = await findAccount(db, account.user_id);
  if (now?.password_hash === account.password_hash) {
    log.info(who, 'logged in');
    return started;
  }
  log.warn(who, 'log-in failed');
  await endSessions(context, { userId: account.user_id, only: [started.session.sessionId], reason: 'revoked' });
  throw new HttpError('wrong_credentials');
}
