import { videoLiked } from '#contracts';
import { HttpError, type Session } from '#services/platform';
import { lockWatchable } from '../access.ts';
import { addLike, countLikes } from '../repository/likes.ts';
import { findPerson, holdAccounts, meetPerson } from '../repository/projections.ts';
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

/** Likes a video and announces it; idempotent, and announced once. */
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
