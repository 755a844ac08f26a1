import { sql, type Kysely } from 'kysely';
import type { IdempotencySlot, IdempotencyStore } from '../http/idempotency.ts';
import { HttpError } from '../http/problem.ts';
import type { RuntimeTables } from './runtime-tables.ts';

const HOLD_SECONDS = 60;

/** The table `idempotency` of the runtime. */
export function idempotencyStore(db: Kysely<RuntimeTables>): IdempotencyStore {
  const heldUntil = sql<Date>`now() + make_interval(secs => ${HOLD_SECONDS})`;
  return {
    async take(slot, fingerprint) {
      const taken = await db
        .insertInto('idempotency')
        .values({ ...columnsOf(slot), fingerprint, held_until: heldUntil })
        .onConflict((conflict) =>
          conflict
            .columns(['user_id', 'operation', 'key'])
            .doUpdateSet({ held_until: heldUntil })
            .where('idempotency.status', 'is', null)
            .where('idempotency.held_until', '<', sql<Date>`now()`)
            .where('idempotency.fingerprint', '=', fingerprint),
        )
        .returning('key')
        .executeTakeFirst();
      if (taken !== undefined) return undefined;
      const row = await rowOf(db, slot);
      if (row !== undefined && row.fingerprint !== fingerprint) throw new HttpError('idempotency_mismatch');
      if (row === undefined || row.status === null) {
        throw new HttpError('conflict', {
          detail: 'the first request with this key is still running',
          retryAfterSeconds: 1,
        });
      }
      return { status: row.status, headers: row.headers ?? {}, body: row.body };
    },

    async keep(slot, { status, headers, body }) {
      await db
        .updateTable('idempotency')
        .set({ status, headers: JSON.stringify(headers), body })
        .where((where) => where.and(columnsOf(slot)))
        .execute();
    },

    async free(slot) {
      await db
        .deleteFrom('idempotency')
        .where((where) => where.and(columnsOf(slot)))
        .where('status', 'is', null)
        .execute();
    },
  };
}

/** Forgets answers. Gives how many. */
export async function sweepIdempotency(db: Kysely<RuntimeTables>, olderThan: Date): Promise<number> {
  const swept = await db.deleteFrom('idempotency').where('created_at', '<', olderThan).executeTakeFirst();
  return Number(swept.numDeletedRows);
}

async function rowOf(db: Kysely<RuntimeTables>, slot: IdempotencySlot) {
  return await db
    .selectFrom('idempotency')
    .select(['fingerprint', 'status', 'headers', 'body'])
    .where((where) => where.and(columnsOf(slot)))
    .executeTakeFirst();
}

function columnsOf({ userId, operation, key }: IdempotencySlot) {
  return { user_id: userId, operation, key };
}
