import { accountCreated } from '#contracts';
import { HttpError } from '#services/platform';
import { insertAccount, type AccountRow } from '../repository/accounts.ts';
import type { Service, Transaction } from '../service.ts';

/** Stores a new account and publishes it. Throws `handle_taken` or `email_taken`, which ends the transaction. */
export async function createAccount(service: Service, trx: Transaction, account: AccountRow): Promise<void> {
  const clash = await insertAccount(trx, account);
  if (clash !== undefined) throw new HttpError(clash);
  const { user_id, version, handle, display_name, role, created_at } = account;
  await service.enqueue(trx, accountCreated, {
    aggregate: user_id,
    data: { userId: user_id, version, handle, displayName: display_name, role, createdAt: created_at.toISOString() },
  });
}
