import { sql } from 'kysely';
import type { Database, Transaction } from '../service.ts';

/** A like: of which video, by whom. */
export interface LikeKey {
  readonly videoId: string;
  readonly userId: string;
}

/** Whether somebody likes a video. */
export async function isLiked(db: Database, { videoId, userId }: LikeKey): Promise<boolean> {
  const found = await db
    .selectFrom('video_like')
    .select('video_id')
    .where('video_id', '=', videoId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return found !== undefined;
}

/** Adds a like. Gives false when it was there. */
export async function addLike(trx: Transaction, { videoId, userId }: LikeKey, at: Date): Promise<boolean> {
  const added = await trx
    .insertInto('video_like')
    .values({ video_id: videoId, user_id: userId, liked_at: at })
    .onConflict((conflict) => conflict.columns(['video_id', 'user_id']).doNothing())
    .returning('video_id')
    .executeTakeFirst();
  return added !== undefined;
}

/** Takes a like away. Gives false when there was none. */
export async function removeLike(trx: Transaction, { videoId, userId }: LikeKey): Promise<boolean> {
  const removed = await trx
    .deleteFrom('video_like')
    .where('video_id', '=', videoId)
    .where('user_id', '=', userId)
    .returning('video_id')
    .executeTakeFirst();
  return removed !== undefined;
}

/** Counts likes of a video up or down. Gives how many there are. */
export async function countLikes(trx: Transaction, videoId: string, by: 1 | -1): Promise<number> {
  const { likes } = await trx
    .updateTable('video')
    .set({ likes: sql<number>`likes + ${by}` })
    .where('id', '=', videoId)
    .returning('likes')
    .executeTakeFirstOrThrow();
  return likes;
}

/** Takes all likes of somebody away. */
export async function removeLikesOf(trx: Transaction, userId: string): Promise<void> {
  const removed = await trx.deleteFrom('video_like').where('user_id', '=', userId).returning('video_id').execute();
  for (const { video_id } of [...removed].sort((a, b) => a.video_id.localeCompare(b.video_id))) {
    await countLikes(trx, video_id, -1);
  }
}
