import { sql, type Kysely } from 'kysely';
import type { IdempotencySlot, IdempotencyStore } from '../http/idempotency.ts';
import { HttpError } from '../http/problem.ts';
import type { Logger } from '../log.ts';
import { withoutPatience } from '../patience.ts';
import type { RuntimeTables } from './runtime-tables.ts';

const HOLD_SECONDS = 60;

/**
 * The table `idempotency` of the runtime. A try that died holds its key for `holdSeconds`, or for a shorter time once its
 * pod has started again.
 */
export function idempotencyStore(
  db: Kysely<RuntimeTables>,
  log: Logger,
  { pod, holdSeconds = HOLD_SECONDS }: { readonly pod?: string | undefined; readonly holdSeconds?: number } = {},
): IdempotencyStore {
  const owner = pod ?? null;
  const heldUntil = sql<Date>`now() + make_interval(secs => ${holdSeconds})`;
  const hold = async (slot: IdempotencySlot): Promise<void> => {
    try {
      await withoutPatience(
        async () =>
          await db
            .updateTable('idempotency')
            .set({ held_until: heldUntil })
            .where((where) => where.and(columnsOf(slot)))
            .where('status', 'is', null)
            .execute(),
      );
    } catch (err) {
      log.warn({ err }, 'an idempotency key could not be held longer, tries again');
    }
  };
  return {
    async take(slot, fingerprint) {
      const taken = await db
        .insertInto('idempotency')
        .values({ ...columnsOf(slot), fingerprint, held_until: heldUntil, owner })
        .onConflict((conflict) =>
          conflict
            .columns(['user_id', 'operation', 'key'])
            .doUpdateSet({ held_until: heldUntil, owner })
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

    async holding(slot, work) {
      const timer = setInterval(() => void hold(slot), (holdSeconds * 1000) / 3);
      try {
        return await work();
      } finally {
        clearInterval(timer);
      }
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

/**
 * Frees the keys that an earlier process of this pod held when it died: a pod has one process at a time. Its last statement
 * may still wait for a lock at the server and commit afterwards, so each key is held until that has timed out. A failure is
 * logged, since the keys expire all the same.
 */
export async function freeKeysOf(
  db: Kysely<RuntimeTables>,
  log: Logger,
  { pod, statementTimeoutMs }: { readonly pod: string; readonly statementTimeoutMs: number },
): Promise<void> {
  const until = sql<Date>`now() + make_interval(secs => ${statementTimeoutMs / 1000})`;
  try {
    await db
      .updateTable('idempotency')
      .set({ held_until: until })
      .where('owner', '=', pod)
      .where('status', 'is', null)
      .where('held_until', '>', until)
      .execute();
  } catch (err) {
    log.warn({ err }, `idempotency keys of a process that died were not freed, they expire after ${HOLD_SECONDS} s`);
  }
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
