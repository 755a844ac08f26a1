import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { QuotaTable } from '../tables.ts';

/** A quota as it is kept. */
export type QuotaRow = Selectable<QuotaTable>;

/** Bytes of one video as media told of them. */
export interface StoredBytes {
  readonly videoId: string;
  readonly ownerId: string;
  /** 0 when they are gone. */
  readonly quotaBytes: number;
  readonly changedAt: Date;
}

/** Inserts a new profile’s quota, including earlier uploads. Returns the row only if this call inserted it. */
export async function insertQuota(trx: Transaction, userId: string, limitBytes: number): Promise<QuotaRow | undefined> {
  return await trx
    .insertInto('quota')
    .values({ user_id: userId, limit_bytes: limitBytes, used_bytes: usedBytes(userId), version: 1 })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** The quota of a user. */
export async function findQuota(db: Database, userId: string): Promise<QuotaRow | undefined> {
  return await db.selectFrom('quota').selectAll().where('user_id', '=', userId).executeTakeFirst();
}

/** Keeps the bytes of a video unless something newer is known; of the same moment, the deletion counts. */
export async function upsertStoredBytes(trx: Transaction, stored: StoredBytes): Promise<void> {
  await trx
    .insertInto('stored_video')
    .values({
      video_id: stored.videoId,
      owner_id: stored.ownerId,
      quota_bytes: stored.quotaBytes,
      changed_at: stored.changedAt,
    })
    .onConflict((conflict) =>
      conflict
        .column('video_id')
        .doUpdateSet({ quota_bytes: sql`excluded.quota_bytes`, changed_at: sql`excluded.changed_at` })
        .where(
          sql<boolean>`stored_video.changed_at < excluded.changed_at
            or (stored_video.changed_at = excluded.changed_at and excluded.quota_bytes = 0)`,
        ),
    )
    .execute();
}

/** Recounts the used bytes. Returns the quota if that changed it. */
export async function recountQuota(trx: Transaction, userId: string): Promise<QuotaRow | undefined> {
  return await trx
    .updateTable('quota')
    .set({ used_bytes: usedBytes(userId), version: sql`version + 1` })
    .where('user_id', '=', userId)
    .where('used_bytes', '<>', usedBytes(userId))
    .returningAll()
    .executeTakeFirst();
}

/** Sets the allowance. Gives the quota when it changed by that. */
export async function limitQuota(trx: Transaction, userId: string, limitBytes: number): Promise<QuotaRow | undefined> {
  return await trx
    .updateTable('quota')
    .set({ limit_bytes: limitBytes, version: sql`version + 1` })
    .where('user_id', '=', userId)
    .where('limit_bytes', '<>', limitBytes)
    .returningAll()
    .executeTakeFirst();
}

function usedBytes(userId: string) {
  return sql<number>`(select coalesce(sum(quota_bytes), 0)::bigint from stored_video where owner_id = ${userId})`;
}
