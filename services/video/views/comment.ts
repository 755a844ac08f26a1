import type { Comment } from '#contracts';
import { mayModerate, type Session } from '#services/platform';
import type { CommentRow } from '../repository/comments.ts';
import { personOf } from './person.ts';

/** A comment as it is shown to a caller, below a video of `ownerId`. */
export function commentOf(row: CommentRow, ownerId: string, session: Session | undefined): Comment {
  return {
    commentId: row.id,
    videoId: row.video_id,
    author: personOf(row.author_id, row),
    text: row.text,
    createdAt: row.created_at.toISOString(),
    deletable: mayModerate(session, [row.author_id, ownerId]),
  };
}
