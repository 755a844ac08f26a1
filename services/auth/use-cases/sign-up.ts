import type { Context } from '../service.ts';
import { createAccount } from './create-account.ts';
import { prepareAccount, type SignUp } from './prepare-account.ts';
import { startSession, type StartedSession, type Visitor } from './start-session.ts';

/** Creates an account and logs its owner in. Throws `handle_taken` or `email_taken`. */
export async function signUp(
  context: Context,
  { userId, given, visitor }: { readonly userId: string; readonly given: SignUp; readonly visitor: Visitor },
): Promise<StartedSession> {
  const account = await prepareAccount(context, { userId, role: 'user', given });
  await context.service.transaction(async (trx) => await createAccount(context.service, trx, account));
  return await startSession(context, { account, visitor });
}
