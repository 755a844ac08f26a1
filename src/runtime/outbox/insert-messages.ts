import { sql, type Transaction } from 'kysely';
import type { RuntimeTables } from '../database/runtime-tables.ts';

/** A message that its transaction has yet to write. */
export interface CollectedMessage {
  readonly messageId: string;
  readonly subject: string;
  readonly aggregate: string;
  /** JSON of the envelope. */
  readonly envelope: string;
  readonly notBefore: Date | undefined;
}

/**
 * Locks of aggregates in one schema. Locking each aggregate by itself would fill the server's lock table in a transaction with
 * thousands of messages; two aggregates that share a lock wait for each other no longer than a commit takes.
 */
const LOCKS = 1024;

/** Writes messages; one whose id is there already is left out. Positions are drawn under the locks of all aggregates. */
export async function insertMessages<Tables>(
  trx: Transaction<Tables & RuntimeTables>,
  messages: readonly CollectedMessage[],
): Promise<void> {
  const now = Date.now();
  const isDelayed = ({ notBefore }: CollectedMessage): boolean => notBefore !== undefined && notBefore.getTime() > now;
  const delayed = messages.filter(isDelayed);
  const due = delayed.length === 0 ? messages : messages.filter((message) => !isDelayed(message));
  if (delayed.length > 0) await insertLater(trx, delayed);
  const [first, ...more] = due;
  if (first === undefined) return;
  if (more.length === 0) await insertOne(trx, first);
  else await insertDue(trx, due);
}

/** What {@link insertDue} does, in the form that PostgreSQL plans in a third of the time. */
async function insertOne<Tables>(
  trx: Transaction<Tables & RuntimeTables>,
  { messageId, subject, aggregate, envelope }: CollectedMessage,
): Promise<void> {
  await sql`
    insert into outbox (message_id, subject, aggregate, envelope)
    select ${messageId}, ${subject}, ${aggregate}, ${envelope}::jsonb
    from pg_advisory_xact_lock(hashtext('outbox:' || current_schema()), hashtext(${aggregate}) & ${sql.lit(LOCKS - 1)})
    on conflict (message_id) do nothing`.execute(trx);
}

async function insertDue<Tables>(
  trx: Transaction<Tables & RuntimeTables>,
  messages: readonly CollectedMessage[],
): Promise<void> {
  const aggregates = messages.map(({ aggregate }) => aggregate);
  // sorted, so that two transactions never wait for each other
  await sql`
    with locked as materialized (
      select pg_advisory_xact_lock(hashtext('outbox:' || current_schema()), number)
      from (select distinct hashtext(aggregate) & ${sql.lit(LOCKS - 1)} as number
            from unnest(${aggregates}::text[]) as aggregate order by number) as numbers
    )
    insert into outbox (message_id, subject, aggregate, envelope)
    select message_id, subject, aggregate, envelope::jsonb
    from unnest(${messages.map(({ messageId }) => messageId)}::text[], ${messages.map(({ subject }) => subject)}::text[],
                ${aggregates}::text[], ${messages.map(({ envelope }) => envelope)}::text[])
         with ordinality as written (message_id, subject, aggregate, envelope, n),
         (select count(*) from locked) as all_locked
    order by n
    on conflict (message_id) do nothing`.execute(trx);
}

async function insertLater<Tables>(
  trx: Transaction<Tables & RuntimeTables>,
  messages: readonly CollectedMessage[],
): Promise<void> {
  const dues = messages.map(({ notBefore }) => notBefore?.toISOString());
  await sql`
    insert into outbox_later (due, message_id, subject, aggregate, envelope)
    select due::timestamptz, message_id, subject, aggregate, envelope::jsonb
    from unnest(${dues}::text[], ${messages.map(({ messageId }) => messageId)}::text[],
                ${messages.map(({ subject }) => subject)}::text[],
                ${messages.map(({ aggregate }) => aggregate)}::text[],
                ${messages.map(({ envelope }) => envelope)}::text[])
         with ordinality as written (due, message_id, subject, aggregate, envelope, n)
    order by n
    on conflict (message_id) do nothing`.execute(trx);
}
