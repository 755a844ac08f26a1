import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { WatchedTable } from '../tables.ts';

/** A watched video as it is kept. */
export type WatchedRow = Selectable<WatchedTable>;

/** Where a page of the history starts: after this row. */
export interface WatchedPlace {
  readonly watchedAt: Date;
  readonly videoId: string;
}

/** Remembers where a video was left, and forgets what is beyond the longest history. */
export async function recordWatched(db: Database, watched: WatchedRow, keep: number): Promise<void> {
  const { position_seconds, duration_seconds, watched_at } = watched;
  await db
    .insertInto('watched')
    .values(watched)
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'video_id']).doUpdateSet({ position_seconds, duration_seconds, watched_at }),
    )
    .execute();
  await db
    .deleteFrom('watched')
    .where('user_id', '=', watched.user_id)
    .where('video_id', 'in', ({ selectFrom }) =>
      selectFrom('watched')
        .select('video_id')
        .where('user_id', '=', watched.user_id)
        .orderBy('watched_at', 'desc')
        .orderBy('video_id', 'desc')
        .offset(keep),
    )
    .execute();
}

/** The history of a user: the latest first, after a place. */
export async function listWatched(
  db: Database,
  userId: string,
  page: { readonly after: WatchedPlace | undefined; readonly limit: number },
): Promise<WatchedRow[]> {
  const { after, limit } = page;
  let query = db.selectFrom('watched').selectAll().where('user_id', '=', userId);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(watched_at, video_id) < (${after.watchedAt}, ${after.videoId}::uuid)`);
  }
  return await query.orderBy('watched_at', 'desc').orderBy('video_id', 'desc').limit(limit).execute();
}

/** Where a user left a video. */
export async function findWatched(db: Database, userId: string, videoId: string): Promise<WatchedRow | undefined> {
  return await db
    .selectFrom('watched')
    .selectAll()
    .where('user_id', '=', userId)
    .where('video_id', '=', videoId)
    .executeTakeFirst();
}

/** Forgets one video of a history. */
export async function deleteWatched(db: Database, userId: string, videoId: string): Promise<void> {
  await db.deleteFrom('watched').where('user_id', '=', userId).where('video_id', '=', videoId).execute();
}

/** Forgets a history. */
export async function clearWatched(db: Database, userId: string): Promise<void> {
  await db.deleteFrom('watched').where('user_id', '=', userId).execute();
}

/** Forgets a video in every history. */
export async function deleteWatchedVideo(trx: Transaction, videoId: string): Promise<void> {
  await trx.deleteFrom('watched').where('video_id', '=', videoId).execute();
}
