import { videoCommented } from '#contracts';
import { notFound } from '#runtime';
import { HttpError, type Session } from '#services/platform';
import { lockWatchable } from '../access.ts';
import { addComment, findComment, type CommentRow } from '../repository/comments.ts';
import { holdAccounts, meetPerson } from '../repository/projections.ts';
import type { VideoRow } from '../repository/videos.ts';
import type { Service, Transaction } from '../service.ts';

/** What somebody says below a video. */
export interface CommentWish {
  readonly id: string;
  readonly videoId: string;
  readonly session: Session;
  /** Plain text; nothing in it is markup. */
  readonly text: string;
  readonly at: Date;
}

/** A comment together with whom the video belongs to. */
export interface WrittenComment {
  readonly comment: CommentRow;
  readonly ownerId: string;
}

const EXCERPT_LENGTH = 140;

/** Writes a comment and publishes it. A repetition with the same id returns the existing comment. */
export async function commentOnVideo(service: Service, wish: CommentWish): Promise<WrittenComment> {
  const { id, videoId, session, text, at } = wish;
  const { userId, handle } = session;
  return await service.transaction(async (trx) => {
    if (!(await holdAccounts(trx, [userId]))) throw new HttpError('no_session');
    const video = await lockWatchable(trx, videoId, session);
    await meetPerson(trx, { userId, handle });
    const isNew = await addComment(trx, { id, video_id: videoId, author_id: userId, text, created_at: at });
    const comment = await findComment(trx, videoId, id);
    if (comment === undefined) throw notFound();
    if (isNew) await tell(service, trx, { video, comment, session });
    return { comment, ownerId: video.owner_id };
  });
}

async function tell(
  service: Service,
  trx: Transaction,
  said: { readonly video: VideoRow; readonly comment: CommentRow; readonly session: Session },
): Promise<void> {
  const { video, comment, session } = said;
  await service.enqueue(trx, videoCommented, {
    aggregate: video.id,
    time: comment.created_at,
    data: {
      videoId: video.id,
      ownerId: video.owner_id,
      title: video.title,
      commentId: comment.id,
      authorId: session.userId,
      authorHandle: session.handle,
      authorDisplayName: comment.display_name ?? session.handle,
      excerpt: excerptOf(comment.text),
      commentedAt: comment.created_at.toISOString(),
    },
  });
}

/** The beginning of a text; a pair of surrogates is not cut in the middle. */
function excerptOf(text: string): string {
  if (text.length <= EXCERPT_LENGTH) return text;
  return `${text.slice(0, EXCERPT_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
