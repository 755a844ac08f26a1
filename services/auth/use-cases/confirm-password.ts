import { HttpError } from '#services/platform';
import { findAccount, type AccountRow } from '../repository/accounts.ts';
import type { Context } from '../service.ts';

/** The account of a session whose owner gave the password once more. Throws `wrong_credentials`, or `no_session` when it is gone. */
export async function confirmPassword(
  { service, passwords }: Context,
  { userId, password }: { readonly userId: string; readonly password: string },
): Promise<AccountRow> {
  const account = await findAccount(service.db, userId);
  if (account === undefined) throw new HttpError('no_session');
  if (!(await passwords.matches(account.password_hash, password))) throw new HttpError('wrong_credentials');
  return account;
}
