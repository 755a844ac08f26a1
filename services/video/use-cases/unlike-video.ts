import { notFound } from '#runtime';
import { maySee } from '../access.ts';
import { countLikes, removeLike } from '../repository/likes.ts';
import { lockVideo } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import type { LikeState, LikeWish } from './like-video.ts';

/** Removes the caller's like (idempotent). */
export async function unlikeVideo(service: Service, { videoId, session }: Omit<LikeWish, 'at'>): Promise<LikeState> {
  return await service.transaction(async (trx) => {
    const row = await lockVideo(trx, videoId);
    if (row === undefined || !maySee(row, session)) throw notFound();
    const removed = await removeLike(trx, { videoId, userId: session.userId });
    return { liked: false, likes: removed ? await countLikes(trx, videoId, -1) : row.likes };
  });
}
