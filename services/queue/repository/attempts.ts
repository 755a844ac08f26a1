import type { JobAttempt } from '#contracts';
import type { Insertable, Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { AttemptTable } from '../tables.ts';

/** An attempt as stored in the table. */
export type AttemptRow = Selectable<AttemptTable>;

/** Attempts at a job, the oldest first. */
export async function attemptsOf(db: Database, jobId: string): Promise<AttemptRow[]> {
  return await db
    .selectFrom('attempt')
    .selectAll()
    .where('job_id', '=', jobId)
    .orderBy('run')
    .orderBy('attempt')
    .execute();
}

/** Writes an attempt; false when it is known. */
export async function insertAttempt(trx: Transaction, row: Insertable<AttemptTable>): Promise<boolean> {
  const inserted = await trx
    .insertInto('attempt')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('attempt')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly outcome: Exclude<JobAttempt['outcome'], 'running'>;
  readonly reason: string | null;
  readonly endedAt: Date;
}

/** Ends the attempts at a job that still count as running. */
export async function endRunningAttempts(
  trx: Transaction,
  jobId: string,
  { outcome, reason, endedAt }: AttemptEnd,
  options: { readonly except?: { readonly run: number; readonly attempt: number } } = {},
): Promise<void> {
  const { except } = options;
  let query = trx
    .updateTable('attempt')
    .set({ outcome, reason, ended_at: endedAt })
    .where('job_id', '=', jobId)
    .where('outcome', '=', 'running');
  if (except !== undefined) {
    query = query.where(({ or, eb }) => or([eb('run', '!=', except.run), eb('attempt', '!=', except.attempt)]));
  }
  await query.execute();
}

/** Ends one attempt, also when nothing was heard of its start. */
export async function endAttempt(
  trx: Transaction,
  place: { readonly jobId: string; readonly run: number; readonly attempt: number; readonly worker: string | null },
  { outcome, reason, endedAt }: AttemptEnd,
): Promise<void> {
  await trx
    .insertInto('attempt')
    .values({
      job_id: place.jobId,
      run: place.run,
      attempt: place.attempt,
      worker: place.worker ?? 'unknown',
      outcome,
      reason,
      started_at: endedAt,
      ended_at: endedAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['job_id', 'run', 'attempt']).doUpdateSet({ outcome, reason, ended_at: endedAt }),
    )
    .execute();
}
