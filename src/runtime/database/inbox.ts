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
  former?: FormerEntry,
): Promise<boolean> {
  const runtime = trx as unknown as Transaction<RuntimeTables>;
  if (!(await enter(runtime, consumer, messageId))) return false;
  if (former !== undefined && !(await enterFormer(runtime, consumer, former))) return false;
  await effect(trx);
  return true;
}

/** A message without envelope as versions before 0.2 enter it, which may run beside this one during a rollout. */
export interface FormerEntry {
  readonly id: string;
  readonly storedAt: Date;
}

/** The former entry of a delivery; undefined where its id has not changed. */
export function formerEntryOf(delivery: {
  readonly formerId?: string | undefined;
  readonly storedAt?: Date | undefined;
}): FormerEntry | undefined {
  const { formerId: id, storedAt } = delivery;
  return id === undefined || storedAt === undefined ? undefined : { id, storedAt };
}

/** How far the clocks of PostgreSQL and NATS may be apart. */
const CLOCKS_SECONDS = 5;

/** Enters a message; false when it is there. */
async function enter(trx: Transaction<RuntimeTables>, consumer: string, message_id: string): Promise<boolean> {
  const inserted = await trx
    .insertInto('inbox')
    .values({ consumer, message_id })
    .onConflict((conflict) => conflict.columns(['consumer', 'message_id']).doNothing())
    .returning('message_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/**
 * Enters the former id too, for pods that know only that; false when one of them has handled the message. An entry is that of
 * another message, at the same place of the stream before it was made again, when it is older than this message, or when it
 * was entered beside an id of the present form.
 */
async function enterFormer(
  trx: Transaction<RuntimeTables>,
  consumer: string,
  { id, storedAt }: FormerEntry,
): Promise<boolean> {
  // this module is loaded by services without PostgreSQL too, where Kysely is not installed
  const { sql } = await import('kysely');
  const entered = await trx
    .insertInto('inbox')
    .values({ consumer, message_id: id })
    .onConflict((conflict) =>
      conflict.columns(['consumer', 'message_id']).doUpdateSet({ handled_at: sql<Date>`now()` })
        .where(sql<boolean>`inbox.handled_at < ${storedAt}::timestamptz - make_interval(secs => ${CLOCKS_SECONDS})
          or exists (select from inbox as present where present.consumer = inbox.consumer
            and present.handled_at = inbox.handled_at and starts_with(present.message_id, inbox.message_id || ':'))`),
    )
    .returning('message_id')
    .executeTakeFirst();
  return entered !== undefined;
}
