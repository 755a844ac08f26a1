import { accountCreated, type Role, type signUpBody } from '#contracts';
import { HttpError } from '#services/platform';
import type { z } from 'zod';
import { weaknessOf } from '../passwords/weak-password.ts';
import { insertAccount, type AccountRow } from '../repository/accounts.ts';
import type { Context, Service, Transaction } from '../service.ts';
import { startSession, type StartedSession, type Visitor } from './start-session.ts';

/** What somebody gives to sign up. */
export type SignUp = z.infer<typeof signUpBody>;

/** Makes an account and logs its owner in. Throws `handle_taken` or `email_taken`. */
export async function signUp(
  context: Context,
  userId: string,
  given: SignUp,
  visitor: Visitor,
): Promise<StartedSession> {
  const account = await newAccount(context, userId, given, 'user');
  await context.service.transaction(async (trx) => await createAccount(context.service, trx, account));
  return await startSession(context, account, visitor);
}

/** Throws `weak_password` for one that is easy to guess. */
export function refuseWeakPassword(password: string, owner: { readonly handle: string; readonly email: string }): void {
  const weakness = weaknessOf(password, owner);
  if (weakness !== undefined) throw new HttpError('weak_password', { detail: weakness });
}

/** An account that is not kept yet, its password hashed. */
export async function newAccount(
  { passwords }: Context,
  userId: string,
  { handle, email, displayName, password }: SignUp,
  role: Role,
): Promise<AccountRow> {
  return {
    ...{ user_id: userId, handle, email, display_name: displayName, role },
    password_hash: await passwords.hash(password),
    version: 1,
    created_at: new Date(),
  };
}

/** Keeps a new account and tells of it. Throws `handle_taken` or `email_taken`, which ends the transaction. */
export async function createAccount(service: Service, trx: Transaction, account: AccountRow): Promise<void> {
  const clash = await insertAccount(trx, account);
  if (clash !== undefined) throw new HttpError(clash);
  const { user_id, version, handle, display_name, role, created_at } = account;
  await service.enqueue(trx, accountCreated, {
    aggregate: user_id,
    data: { userId: user_id, version, handle, displayName: display_name, role, createdAt: created_at.toISOString() },
  });
}
