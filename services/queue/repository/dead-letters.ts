import type { JobState, MediaFailureCode } from '#contracts';
import { sql, type Insertable, type Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { DeadLetterTable } from '../tables.ts';

/** A dead letter as stored in the table, with the state of its job; null without a job. */
export interface DeadLetterRow extends Selectable<DeadLetterTable> {
  readonly job_state: JobState | null;
  readonly job_run: number | null;
  readonly job_failure: MediaFailureCode | null;
}

/**
 * Writes a dead letter; false when the same message of the same durable is known: the same id or, without one, the same
 * payload at the same place. Its number is its place in the stream; where a letter of a stream that was lost and recreated has
 * that number, it is the next one after all.
 */
export async function insertDeadLetter(trx: Transaction, row: Insertable<DeadLetterTable>): Promise<boolean> {
  // letters are rare: one after the other, so that two of one message see each other
  await sql`select pg_advisory_xact_lock(hashtextextended('queue.dead-letter', 0))`.execute(trx);
  const messageId = row.message_id ?? null;
  const known = await trx
    .selectFrom('dead_letter')
    .select('dead_letter_id')
    .where('durable', '=', row.durable)
    .where('stream', '=', row.stream)
    .where('stream_sequence', '=', row.stream_sequence)
    .where('message_id', 'is not distinct from', messageId)
    .$if(messageId === null, (letters) => letters.where('payload', 'is not distinct from', row.payload ?? null))
    .executeTakeFirst();
  if (known !== undefined) return false;
  await trx
    .insertInto('dead_letter')
    .values({ ...row, dead_letter_id: await numberFor(trx, row.dead_letter_id) })
    .execute();
  return true;
}

async function numberFor(trx: Transaction, place: number): Promise<number> {
  const ids = trx.selectFrom('dead_letter').select('dead_letter_id');
  const taken = await ids.where('dead_letter_id', '=', place).executeTakeFirst();
  if (taken === undefined) return place;
  const last = await ids.orderBy('dead_letter_id', 'desc').limit(1).executeTakeFirstOrThrow();
  return last.dead_letter_id + 1;
}

/** Whether a message of a durable lies among the dead letters. */
export async function hasDeadLetter(
  db: Database,
  place: { readonly durable: string; readonly stream: string; readonly streamSequence: number },
): Promise<boolean> {
  const row = await db
    .selectFrom('dead_letter')
    .select('dead_letter_id')
    .where('durable', '=', place.durable)
    .where('stream', '=', place.stream)
    .where('stream_sequence', '=', place.streamSequence)
    .executeTakeFirst();
  return row !== undefined;
}

/** Dead letters, the newest first. */
export async function listDeadLetters(
  db: Database,
  wanted: { readonly service?: string | undefined; readonly before?: number | undefined; readonly limit: number },
): Promise<DeadLetterRow[]> {
  let query = withJob(db);
  if (wanted.service !== undefined) query = query.where('service', '=', wanted.service);
  if (wanted.before !== undefined) query = query.where('dead_letter_id', '<', wanted.before);
  return await query.orderBy('dead_letter_id', 'desc').limit(wanted.limit).execute();
}

/** One dead letter. */
export async function findDeadLetter(db: Database, deadLetterId: number): Promise<DeadLetterRow | undefined> {
  return await withJob(db).where('dead_letter_id', '=', deadLetterId).executeTakeFirst();
}

/** Marks the dead letters of a job as redriven. */
export async function markRedriven(trx: Transaction, jobId: string, at: Date): Promise<void> {
  await trx
    .updateTable('dead_letter')
    .set({ redriven_at: at })
    .where('job_id', '=', jobId)
    .where('redriven_at', 'is', null)
    .execute();
}

/** Removes personal data from the dead letters of a job. */
export async function emptyDeadLettersOf(trx: Transaction, jobId: string): Promise<void> {
  await trx.updateTable('dead_letter').set({ job_id: null, payload: null }).where('job_id', '=', jobId).execute();
}

/** Dead letters that nobody redrove. */
export async function countDeadLetters(db: Database): Promise<number> {
  const { letters } = await db
    .selectFrom('dead_letter')
    .select(({ fn }) => fn.countAll<number>().as('letters'))
    .where('redriven_at', 'is', null)
    .executeTakeFirstOrThrow();
  return letters;
}

function withJob(db: Database) {
  return db
    .selectFrom('dead_letter')
    .leftJoin('job', 'job.job_id', 'dead_letter.job_id')
    .selectAll('dead_letter')
    .select(['job.state as job_state', 'job.run as job_run', 'job.failure as job_failure']);
}
