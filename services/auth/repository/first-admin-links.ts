/**
 * How the first administrator is created: anyone who may run a command in the pod gets a link, which works once, for a short
 * time, and only as long as there is no administrator. There is no default account.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Database, Transaction } from '../service.ts';
import { hasAdministrator } from './accounts.ts';

const TOKEN_BYTES = 32;

/** A link that was just made; only its owner ever sees the token. */
export interface FirstAdminLink {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Makes the link, in place of any before. Undefined when there is an administrator. */
export async function makeFirstAdminLink(
  db: Database,
  ttlSeconds: number,
  now = new Date(),
): Promise<FirstAdminLink | undefined> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = new Date(now.getTime() + ttlSeconds * 1000);
  return await db.transaction().execute(async (trx) => {
    if (await hasAdministrator(trx)) return undefined;
    const link = { token_hash: hashOf(token), expires_at: expiresAt };
    await trx
      .insertInto('first_admin_link')
      .values(link)
      .onConflict((conflict) => conflict.column('only_one').doUpdateSet(link))
      .execute();
    return { token, expiresAt };
  });
}

/** When the link of a token ends; undefined when it cannot be used. */
export async function firstAdminLinkEnd(db: Database, token: string, now = new Date()): Promise<Date | undefined> {
  if (await hasAdministrator(db)) return undefined;
  const link = await db
    .selectFrom('first_admin_link')
    .select('expires_at')
    .where('token_hash', '=', hashOf(token))
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return link?.expires_at;
}

/** Uses the link up; false when it cannot be used. A second use at the same moment waits for the first, then finds none. */
export async function takeFirstAdminLink(trx: Transaction, token: string, now = new Date()): Promise<boolean> {
  const taken = await trx
    .deleteFrom('first_admin_link')
    .where('token_hash', '=', hashOf(token))
    .where('expires_at', '>', now)
    .returning('token_hash')
    .executeTakeFirst();
  return taken !== undefined && !(await hasAdministrator(trx));
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
