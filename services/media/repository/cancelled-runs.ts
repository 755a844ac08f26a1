import { sql } from 'kysely';
import type { Database, Transaction } from '../service.ts';

/** Remembers that a run of a job is not wanted; twice is once. */
export async function cancelRun(trx: Transaction, jobId: string, run: number, at: Date): Promise<void> {
  await trx
    .insertInto('cancelled_run')
    .values({ job_id: jobId, run, cancelled_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whether a run is still wanted: neither it nor an earlier state of affairs cancelled it, and its video is there. */
export async function isWanted(
  db: Database,
  run: { readonly jobId: string; readonly run: number; readonly videoId: string },
): Promise<boolean> {
  const { rows } = await sql<{ readonly wanted: boolean }>`
    select not exists (select from cancelled_run where job_id = ${run.jobId} and run = ${run.run})
       and not exists (select from video where video_id = ${run.videoId} and deleted) as wanted
  `.execute(db);
  return rows[0]?.wanted === true;
}

/** Forgets cancellations that no message can ask for any more. */
export async function sweepCancelledRuns(db: Database, olderThan: Date): Promise<void> {
  await db.deleteFrom('cancelled_run').where('cancelled_at', '<', olderThan).execute();
}
