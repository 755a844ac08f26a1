import type { Kysely, Transaction } from 'kysely';
import type { RuntimeTables } from './runtime-tables.ts';

/**
 * Runs an effect once for a message, however often it is delivered: its id and the effect are one transaction. A second
 * delivery at the same time waits for the first one's end. Gives false when the effect was there already.
 */
export async function handleOnce<Tables>(
  db: Kysely<Tables & RuntimeTables>,
  consumer: string,
  messageId: string,
  effect: (trx: Transaction<Tables & RuntimeTables>) => Promise<void>,
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => await handleOnceIn(trx, consumer, messageId, effect));
}

/** The same within a transaction that somebody else opened. */
export async function handleOnceIn<Tables>(
  trx: Transaction<Tables & RuntimeTables>,
  consumer: string,
  messageId: string,
  effect: (trx: Transaction<Tables & RuntimeTables>) => Promise<void>,
): Promise<boolean> {
  const runtime = trx as unknown as Transaction<RuntimeTables>;
  const inserted = await runtime
    .insertInto('inbox')
    .values({ consumer, message_id: messageId })
    .onConflict((conflict) => conflict.columns(['consumer', 'message_id']).doNothing())
    .returning('message_id')
    .executeTakeFirst();
  if (inserted === undefined) return false;
  await effect(trx);
  return true;
}

/** Forgets entries that no stream can deliver again. Gives how many. */
export async function sweepInbox(db: Kysely<RuntimeTables>, olderThan: Date): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('inbox').where('handled_at', '<', olderThan).executeTakeFirst();
  return Number(numDeletedRows);
}
