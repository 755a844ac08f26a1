import type { JobState } from '#contracts';
import { sql, type Insertable, type Selectable, type Updateable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { JobTable } from '../tables.ts';

/** A job as stored in the ledger. */
export type JobRow = Selectable<JobTable>;

/** States of a job that waits or is worked on. */
export const UNDER_WAY: readonly JobState[] = ['queued', 'running'];

/** Writes a new job; false when its upload has one. */
export async function insertJob(trx: Transaction, row: Insertable<JobTable>): Promise<boolean> {
  const inserted = await trx
    .insertInto('job')
    .values(row)
    .onConflict((conflict) => conflict.column('upload_id').doNothing())
    .returning('job_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** A job. */
export async function findJob(db: Database, jobId: string): Promise<JobRow | undefined> {
  return await db.selectFrom('job').selectAll().where('job_id', '=', jobId).executeTakeFirst();
}

/** A job, locked until the transaction ends: changes of one job follow one another. */
export async function lockJob(trx: Transaction, jobId: string): Promise<JobRow | undefined> {
  return await trx.selectFrom('job').selectAll().where('job_id', '=', jobId).forUpdate().executeTakeFirst();
}

/** Jobs of a video or of an account, locked. */
export async function lockJobsOf(
  trx: Transaction,
  owner: { readonly videoId: string } | { readonly ownerId: string },
): Promise<JobRow[]> {
  const query = trx.selectFrom('job').selectAll().orderBy('job_id').forUpdate();
  const mine =
    'videoId' in owner ? query.where('video_id', '=', owner.videoId) : query.where('owner_id', '=', owner.ownerId);
  return await mine.execute();
}

/** Changes a job and gives it as it is then. */
export async function updateJob(
  trx: Transaction,
  jobId: string,
  changes: Updateable<JobTable>,
  now: Date,
): Promise<JobRow> {
  return await trx
    .updateTable('job')
    .set({ ...changes, updated_at: now })
    .where('job_id', '=', jobId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Forgets a job with its attempts. */
export async function deleteJob(trx: Transaction, jobId: string): Promise<void> {
  await trx.deleteFrom('job').where('job_id', '=', jobId).execute();
}

/** Where a page of jobs starts: after the job of this age and id. */
export interface JobPlace {
  readonly createdAt: string;
  readonly jobId: string;
}

/** Jobs, the newest first. */
export async function listJobs(
  db: Database,
  wanted: {
    readonly ownerId?: string | undefined;
    readonly videoId?: string | undefined;
    readonly state?: JobState | undefined;
    readonly after?: JobPlace | undefined;
    readonly limit: number;
  },
): Promise<JobRow[]> {
  const { ownerId, videoId, state, after, limit } = wanted;
  let query = db.selectFrom('job').selectAll();
  if (ownerId !== undefined) query = query.where('owner_id', '=', ownerId);
  if (videoId !== undefined) query = query.where('video_id', '=', videoId);
  if (state !== undefined) query = query.where('state', '=', state);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(created_at, job_id) < (${after.createdAt}::timestamptz, ${after.jobId}::uuid)`);
  }
  return await query.orderBy('created_at', 'desc').orderBy('job_id', 'desc').limit(limit).execute();
}

/** Jobs that wait or are worked on, of which nothing was heard since, and whose message does not wait in the outbox. */
export async function silentJobs(db: Database, since: Date): Promise<JobRow[]> {
  return await db
    .selectFrom('job')
    .selectAll()
    .where('state', 'in', UNDER_WAY)
    .where('updated_at', '<', since)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('outbox')
            .select('outbox.position')
            .where(sql<boolean>`outbox.aggregate = job.job_id::text`),
        ),
      ),
    )
    .execute();
}

/** Jobs by state, and since when the longest waits. */
export async function countJobs(db: Database): Promise<{
  readonly byState: Readonly<Partial<Record<JobState, number>>>;
  readonly oldestQueuedAt: Date | undefined;
}> {
  const rows = await db
    .selectFrom('job')
    .select(({ fn }) => ['state', fn.countAll<number>().as('jobs'), fn.min('queued_at').as('oldest')])
    .groupBy('state')
    .execute();
  const byState = Object.fromEntries(rows.map(({ state, jobs }) => [state, jobs]));
  return { byState, oldestQueuedAt: rows.find(({ state }) => state === 'queued')?.oldest };
}
