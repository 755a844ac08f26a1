import type { Insertable, Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { RevisionTable } from '../tables.ts';

/** A revision as stored in the table. */
export type RevisionRow = Selectable<RevisionTable>;

/** The newest revision of a video. */
export async function newestRevision(db: Database, videoId: string): Promise<RevisionRow | undefined> {
  return await db
    .selectFrom('revision')
    .selectAll()
    .where('video_id', '=', videoId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Whether a job has made its revision, in whichever run. */
export async function hasRevisionOf(db: Database, jobId: string): Promise<boolean> {
  const row = await db.selectFrom('revision').select('revision').where('job_id', '=', jobId).executeTakeFirst();
  return row !== undefined;
}

/** Writes a revision; false when its job has one. */
export async function insertRevision(trx: Transaction, row: Insertable<RevisionTable>): Promise<boolean> {
  const inserted = await trx
    .insertInto('revision')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('revision')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Forgets all revisions of a video; gives how many there were. */
export async function deleteRevisions(trx: Transaction, videoId: string): Promise<number> {
  const { numDeletedRows } = await trx.deleteFrom('revision').where('video_id', '=', videoId).executeTakeFirst();
  return Number(numDeletedRows);
}
