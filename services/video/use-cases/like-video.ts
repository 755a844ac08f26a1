import { videoLiked } from '#contracts';
import { notFound } from '#runtime';
import { HttpError, type Session } from '#services/platform';
import { lockWatchable, maySee } from '../access.ts';
import { addLike, countLikes, removeLike } from '../repository/likes.ts';
import { findPerson, holdAccounts, meetPerson } from '../repository/projections.ts';
import { lockVideo } from '../repository/videos.ts';
import type { Service } from '../service.ts';

/** Who likes what, and when it was said. */
export interface LikeWish {
  readonly videoId: string;
  readonly session: Session;
  readonly at: Date;
}

/** Whether the caller likes a video now, and how many do. */
export interface LikeState {
  readonly liked: boolean;
  readonly likes: number;
}

/** Likes a video and tells of it; again is no fault and is not told. */
export async function likeVideo(service: Service, { videoId, session, at }: LikeWish): Promise<LikeState> {
  const { userId, handle } = session;
  return await service.transaction(async (trx) => {
    if (!(await holdAccounts(trx, [userId]))) throw new HttpError('no_session');
    const row = await lockWatchable(trx, videoId, session);
    if (!(await addLike(trx, { videoId, userId }, at))) return { liked: true, likes: row.likes };
    const likes = await countLikes(trx, videoId, 1);
    await meetPerson(trx, { userId, handle });
    const liker = await findPerson(trx, userId);
    await service.enqueue(trx, videoLiked, {
      aggregate: videoId,
      time: at,
      data: {
        videoId,
        ownerId: row.owner_id,
        title: row.title,
        likerId: userId,
        likerHandle: handle,
        likerDisplayName: liker?.display_name ?? handle,
        likes,
        likedAt: at.toISOString(),
      },
    });
    return { liked: true, likes };
  });
}

/** Likes a video no longer; again is no fault. */
export async function unlikeVideo(service: Service, { videoId, session }: Omit<LikeWish, 'at'>): Promise<LikeState> {
  return await service.transaction(async (trx) => {
    const row = await lockVideo(trx, videoId);
    if (row === undefined || !maySee(row, session)) throw notFound();
    const removed = await removeLike(trx, { videoId, userId: session.userId });
    return { liked: false, likes: removed ? await countLikes(trx, videoId, -1) : row.likes };
  });
}
