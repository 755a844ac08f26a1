import { HttpError } from '#services/platform';
import { takeFirstAdminLink } from '../repository/first-admin-links.ts';
import type { Context } from '../service.ts';
import { createAccount } from './create-account.ts';
import { prepareAccount, type SignUp } from './prepare-account.ts';
import { startSession, type StartedSession, type Visitor } from './start-session.ts';

/**
 * Creates the first administrator's account and logs its owner in. Throws `link_invalid`, `handle_taken` or `email_taken`; after
 * the latter two the link can still be used.
 */
export async function redeemFirstAdminLink(
  context: Context,
  wish: {
    readonly userId: string;
    readonly token: string;
    readonly given: SignUp;
    readonly visitor: Visitor;
  },
): Promise<StartedSession> {
  const { userId, given, visitor } = wish;
  const account = await prepareAccount(context, { userId, role: 'admin', given });
  await context.service.transaction(async (trx) => {
    if (!(await takeFirstAdminLink(trx, wish.token))) throw new HttpError('link_invalid');
    await createAccount(context.service, trx, account);
  });
  return await startSession(context, { account, visitor });
}
