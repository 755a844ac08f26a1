import type { OpenedSession } from '#services/platform';
import type { AccountRow } from '../repository/accounts.ts';
import type { Context } from '../service.ts';
import { endSessions } from './end-sessions.ts';

/** What is known of who asks for a session. */
export interface Visitor {
  /** Secret in the cookie of the request, of a session that the new one takes the place of. */
  readonly formerSecret: string | undefined;
  readonly userAgent: string;
}

/** A session with the account that it is of, and its secret for the cookie. */
export interface StartedSession extends OpenedSession {
  readonly account: AccountRow;
}

/** Opens a session with a secret of its own, whatever the browser had before; that session ends. */
export async function startSession(
  context: Context,
  { account, visitor }: { readonly account: AccountRow; readonly visitor: Visitor },
): Promise<StartedSession> {
  const former = await context.sessions.find(visitor.formerSecret);
  if (former !== undefined)
    await endSessions(context, { userId: former.userId, only: [former.sessionId], reason: 'logout' });
  const opened = await context.sessions.create({
    userId: account.user_id,
    handle: account.handle,
    role: account.role,
    userAgent: visitor.userAgent,
  });
  return { ...opened, account };
}
