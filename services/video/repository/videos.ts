import { sql, type Selectable, type Updateable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { VideoTable } from '../tables.ts';

/** A video as it is stored, with the names of its owner. */
export type VideoRow = Selectable<VideoTable> & {
  readonly handle: string | null;
  readonly display_name: string | null;
};

/** What a draft is made of. */
export interface Draft {
  readonly id: string;
  readonly ownerId: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly visibility: VideoTable['visibility'];
  readonly fileName: string;
  readonly bytes: number;
  readonly ticketExpiresAt: Date;
  readonly createdAt: Date;
}

/** All videos with the names of their owners. */
export function videosWithOwner(db: Database) {
  return db
    .selectFrom('video')
    .leftJoin('person', 'person.user_id', 'video.owner_id')
    .selectAll('video')
    .select(['person.handle', 'person.display_name']);
}

/** A video; undefined when there is none. */
export async function findVideo(db: Database, id: string): Promise<VideoRow | undefined> {
  return await videosWithOwner(db).where('video.id', '=', id).executeTakeFirst();
}

/** A video that nobody else changes until the transaction ends. */
export async function lockVideo(trx: Transaction, id: string): Promise<VideoRow | undefined> {
  return await videosWithOwner(trx).where('video.id', '=', id).forUpdate('video').executeTakeFirst();
}

/** Inserts a draft at version 1. Gives false when its id is there already. */
export async function insertDraft(trx: Transaction, draft: Draft): Promise<boolean> {
  const inserted = await trx
    .insertInto('video')
    .values({
      id: draft.id,
      owner_id: draft.ownerId,
      title: draft.title,
      description: draft.description,
      tags: [...draft.tags],
      visibility: draft.visibility,
      file_name: draft.fileName,
      bytes: draft.bytes,
      ticket_expires_at: draft.ticketExpiresAt,
      version: 1,
      created_at: draft.createdAt,
      updated_at: draft.createdAt,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Changes columns of a video and counts it as `changes` changes of its version. */
export async function updateVideo(
  trx: Transaction,
  id: string,
  columns: Updateable<VideoTable>,
  change: { readonly at: Date; readonly changes: number },
): Promise<void> {
  await trx
    .updateTable('video')
    .set({
      ...columns,
      version: sql<number>`version + ${change.changes}`,
      updated_at: sql<Date>`greatest(updated_at, ${change.at}::timestamptz)`,
    })
    .where('id', '=', id)
    .execute();
}

/** Postpones the end of an upload; this is not published. */
export async function renewTicket(trx: Transaction, id: string, expiresAt: Date): Promise<void> {
  await trx.updateTable('video').set({ ticket_expires_at: expiresAt }).where('id', '=', id).execute();
}

/** Removes a video with its likes and comments. */
export async function removeVideo(trx: Transaction, id: string): Promise<void> {
  await trx.deleteFrom('video').where('id', '=', id).execute();
}

/** Ids of all videos of an owner, locked. */
export async function lockVideosOf(
  trx: Transaction,
  ownerId: string,
): Promise<readonly { readonly id: string; readonly version: number }[]> {
  return await trx
    .selectFrom('video')
    .select(['id', 'version'])
    .where('owner_id', '=', ownerId)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Bytes that an owner's videos take, without one draft: drafts from the day they are created, whether their ticket holds or not. */
export async function countedBytes(
  trx: Transaction,
  without: { readonly draftId: string; readonly ownerId: string },
): Promise<{ readonly drafts: number; readonly arrived: number }> {
  return await trx
    .selectFrom('video')
    .select([
      sql<number>`coalesce(sum(bytes) filter (where state = 'draft'), 0)::bigint`.as('drafts'),
      sql<number>`coalesce(sum(bytes) filter (where state <> 'draft'), 0)::bigint`.as('arrived'),
    ])
    .where('owner_id', '=', without.ownerId)
    .where('id', '!=', without.draftId)
    .executeTakeFirstOrThrow();
}

/** Takes over what stats told last; an older figure is ignored. */
export async function recordViews(
  trx: Transaction,
  figures: { readonly videoId: string; readonly version: number; readonly totalViews: number },
): Promise<void> {
  await trx
    .updateTable('video')
    .set({ views: figures.totalViews, views_version: figures.version })
    .where('id', '=', figures.videoId)
    .where('views_version', '<', figures.version)
    .execute();
}
