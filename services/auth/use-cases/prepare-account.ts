import type { Role, signUpBody } from '#contracts';
import type { z } from 'zod';
import type { AccountRow } from '../repository/accounts.ts';
import type { Context } from '../service.ts';

/** Input of a sign-up. */
export type SignUp = z.infer<typeof signUpBody>;

/** A new account with its password hashed; not stored yet. */
export async function prepareAccount(
  { passwords }: Context,
  { userId, role, given }: { readonly userId: string; readonly role: Role; readonly given: SignUp },
): Promise<AccountRow> {
  const { handle, email, displayName, password } = given;
  return {
    ...{ user_id: userId, handle, email, display_name: displayName, role },
    password_hash: await passwords.hash(password),
    version: 1,
    created_at: new Date(),
  };
}
