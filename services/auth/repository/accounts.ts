import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { AccountTable } from '../tables.ts';

/** An account as it is kept. */
export type AccountRow = Selectable<AccountTable>;

/** Why an account could not be kept. */
export type AccountClash = 'handle_taken' | 'email_taken';

/** The account of a handle or e-mail address, which differ in their `@`. */
export async function findAccountByLogin(db: Database, login: string): Promise<AccountRow | undefined> {
  const column = login.includes('@') ? sql<string>`lower(email)` : sql<string>`handle`;
  return await db.selectFrom('account').selectAll().where(column, '=', login.toLowerCase()).executeTakeFirst();
}

/** The account of an id. */
export async function findAccount(db: Database, userId: string): Promise<AccountRow | undefined> {
  return await db.selectFrom('account').selectAll().where('user_id', '=', userId).executeTakeFirst();
}

/** Keeps a new account; says what clashes with another one, and then has kept nothing. */
export async function insertAccount(trx: Transaction, account: AccountRow): Promise<AccountClash | undefined> {
  const inserted = await trx
    .insertInto('account')
    .values(account)
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst();
  if (inserted === undefined) return await clashOf(trx, account);
  // after the insert: it waits for a deletion of the same handle that is under way
  if (!(await isRetired(trx, account.handle))) return undefined;
  await trx.deleteFrom('account').where('user_id', '=', account.user_id).execute();
  return 'handle_taken';
}

/** Sets a new hash on an account that still has the version; gives the next version. */
export async function updatePassword(
  trx: Transaction,
  account: Pick<AccountRow, 'user_id' | 'version'>,
  passwordHash: string,
): Promise<number | undefined> {
  const version = account.version + 1;
  const updated = await trx
    .updateTable('account')
    .set({ password_hash: passwordHash, version })
    .where('user_id', '=', account.user_id)
    .where('version', '=', account.version)
    .returning('version')
    .executeTakeFirst();
  return updated?.version;
}

/** Forgets an account and retires its handle; gives the account as it was. */
export async function deleteAccount(trx: Transaction, userId: string): Promise<AccountRow | undefined> {
  const account = await trx.deleteFrom('account').where('user_id', '=', userId).returningAll().executeTakeFirst();
  if (account === undefined) return undefined;
  await trx.insertInto('retired_handle').values({ handle: account.handle }).execute();
  return account;
}

/** Whether there is an administrator. */
export async function hasAdministrator(db: Database): Promise<boolean> {
  const admin = await db.selectFrom('account').select('user_id').where('role', '=', 'admin').executeTakeFirst();
  return admin !== undefined;
}

async function clashOf(trx: Transaction, { handle }: AccountRow): Promise<AccountClash> {
  const same = await trx.selectFrom('account').select('user_id').where('handle', '=', handle).executeTakeFirst();
  return same === undefined ? 'email_taken' : 'handle_taken';
}

async function isRetired(trx: Transaction, handle: string): Promise<boolean> {
  const retired = await trx
    .selectFrom('retired_handle')
    .select('handle')
    .where('handle', '=', handle)
    .executeTakeFirst();
  return retired !== undefined;
}
