import { notFound } from '#runtime';
import { mayModerate, type Session } from '#services/platform';
import { maySee } from '../access.ts';
import { findComment, removeComment } from '../repository/comments.ts';
import { lockVideo } from '../repository/videos.ts';
import type { Service } from '../service.ts';

/** Removes an own comment, or any below an own video. */
export async function deleteComment(
  service: Service,
  wish: { readonly videoId: string; readonly commentId: string; readonly session: Session },
): Promise<void> {
  const { videoId, commentId, session } = wish;
  await service.transaction(async (trx) => {
    const video = await lockVideo(trx, videoId);
    if (video === undefined || !maySee(video, session)) throw notFound();
    const comment = await findComment(trx, videoId, commentId);
    if (comment === undefined || !mayModerate(session, [comment.author_id, video.owner_id])) throw notFound();
    await removeComment(trx, videoId, commentId);
  });
}
