import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { CommentTable } from '../tables.ts';

/** A comment with the names of its author. */
export type CommentRow = Selectable<CommentTable> & {
  readonly handle: string | null;
  readonly display_name: string | null;
};

/** Where a page of comments goes on: below this one. */
export interface CommentPlace {
  readonly at: string;
  readonly id: string;
}

/** Comments of a video, the newest first. */
export async function listCommentsOf(
  db: Database,
  videoId: string,
  page: { readonly after: CommentPlace | undefined; readonly limit: number },
): Promise<CommentRow[]> {
  const { after } = page;
  return await commentsWithAuthor(db)
    .where('comment.video_id', '=', videoId)
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(comment.created_at, comment.id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`),
    )
    .orderBy('comment.created_at', 'desc')
    .orderBy('comment.id', 'desc')
    .limit(page.limit)
    .execute();
}

/** A comment of a video; undefined when there is none. */
export async function findComment(db: Database, videoId: string, id: string): Promise<CommentRow | undefined> {
  return await commentsWithAuthor(db)
    .where('comment.id', '=', id)
    .where('comment.video_id', '=', videoId)
    .executeTakeFirst();
}

/** Adds a comment and counts it. Gives false when its id is there already. */
export async function addComment(trx: Transaction, comment: Selectable<CommentTable>): Promise<boolean> {
  const added = await trx
    .insertInto('comment')
    .values(comment)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (added === undefined) return false;
  await countComments(trx, comment.video_id, 1);
  return true;
}

/** Removes a comment and decrements the count (idempotent). */
export async function removeComment(trx: Transaction, videoId: string, id: string): Promise<void> {
  const removed = await trx.deleteFrom('comment').where('id', '=', id).returning('id').executeTakeFirst();
  if (removed !== undefined) await countComments(trx, videoId, -1);
}

/** Removes all comments of somebody. */
export async function removeCommentsOf(trx: Transaction, authorId: string): Promise<void> {
  const removed = await trx.deleteFrom('comment').where('author_id', '=', authorId).returning('video_id').execute();
  const ids = removed.map(({ video_id }) => video_id).sort();
  for (const id of new Set(ids)) await countComments(trx, id, -ids.filter((other) => other === id).length);
}

function commentsWithAuthor(db: Database) {
  return db
    .selectFrom('comment')
    .leftJoin('person', 'person.user_id', 'comment.author_id')
    .selectAll('comment')
    .select(['person.handle', 'person.display_name']);
}

async function countComments(trx: Transaction, videoId: string, by: number): Promise<void> {
  await trx
    .updateTable('video')
    .set({ comments: sql<number>`comments + ${by}` })
    .where('id', '=', videoId)
    .execute();
}
