/**
 * Deletes rows that are no longer needed, in steps. One delete of them all would meet the statement's time limit where there
 * are many, and then never succeed; each step commits what it deleted, and rests as long as it took.
 */
import { sql, type Kysely } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import type { RuntimeTables } from './runtime-tables.ts';

/** Tables that are swept, and the time of a row. */
const AGES = { inbox: 'handled_at', idempotency: 'created_at' } as const;
const STEP_ROWS = 5000;

/** Deletes the rows of a table that are older, until none is left or the service ends. Returns how many. */
export async function sweep(
  db: Kysely<RuntimeTables>,
  table: keyof typeof AGES,
  olderThan: Date,
  ending: AbortSignal,
): Promise<number> {
  const age = sql.ref(AGES[table]);
  let swept = 0;
  // what was deleted is still in the index as long as an old snapshot sees it, and is not looked at again
  let from = new Date(0);
  while (!ending.aborted) {
    const startedAt = performance.now();
    // what another replica is deleting is left to it
    const { rows } = await sql<{ readonly age: Date }>`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)} where ${age} >= ${from} and ${age} < ${olderThan}
        order by ${age} limit ${STEP_ROWS} for update skip locked)) returning ${age} as age`.execute(db);
    swept += rows.length;
    if (rows.length < STEP_ROWS) break;
    from = new Date(Math.max(...rows.map((row) => row.age.getTime())));
    await pause(performance.now() - startedAt, undefined, { signal: ending }).catch(() => undefined);
  }
  return swept;
}
