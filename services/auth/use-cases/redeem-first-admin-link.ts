import { HttpError } from '#services/platform';
import { takeFirstAdminLink } from '../repository/first-admin-links.ts';
import type { Context } from '../service.ts';
import { createAccount, newAccount, type SignUp } from './sign-up.ts';
import { startSession, type StartedSession, type Visitor } from './start-session.ts';

/**
 * Makes the first administrator's account and logs its owner in. Throws `link_invalid`, `handle_taken` or `email_taken`; after
 * the latter two the link can still be used.
 */
export async function redeemFirstAdminLink(
  context: Context,
  userId: string,
  { token, ...given }: SignUp & { readonly token: string },
  visitor: Visitor,
): Promise<StartedSession> {
  const account = await newAccount(context, userId, given, 'admin');
  await context.service.transaction(async (trx) => {
    if (!(await takeFirstAdminLink(trx, token))) throw new HttpError('link_invalid');
    await createAccount(context.service, trx, account);
  });
  return await startSession(context, account, visitor);
}
