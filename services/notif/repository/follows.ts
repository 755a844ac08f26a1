import { sql, type Insertable, type Selectable } from 'kysely';
import type { Transaction } from '../service.ts';
import type { FollowChangeTable, PublicationTable } from '../tables.ts';
import type { Publication } from '../views/new-notification.ts';

/** A pair of accounts of which one follows the other, or did. */
export interface FollowPair {
  readonly followeeId: string;
  readonly followerId: string;
}

/** Stores a follow change (idempotent). */
export async function insertFollowChange(trx: Transaction, change: Insertable<FollowChangeTable>): Promise<void> {
  await trx
    .insertInto('follow_change')
    .values(change)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Who followed somebody at an instant, by all changes that are known. */
export async function followersAt(trx: Transaction, followeeId: string, at: Date): Promise<string[]> {
  const { rows } = await sql<{ readonly follower_id: string }>`
    select follower_id from (
      select distinct on (follower_id) follower_id, following from follow_change
      where followee_id = ${followeeId} and changed_at <= ${at}
      order by follower_id, version desc
    ) as latest
    where following`.execute(trx);
  return rows.map(({ follower_id }) => follower_id);
}

/** Changes of one pair, the latest first. */
export async function followChanges(
  trx: Transaction,
  { followeeId, followerId }: FollowPair,
): Promise<Selectable<FollowChangeTable>[]> {
  return await trx
    .selectFrom('follow_change')
    .selectAll()
    .where('followee_id', '=', followeeId)
    .where('follower_id', '=', followerId)
    .orderBy('version', 'desc')
    .execute();
}

/** Forgets whom an account followed and who followed it. */
export async function deleteFollowsOf(trx: Transaction, userId: string): Promise<void> {
  await trx
    .deleteFrom('follow_change')
    .where(({ or, eb }) => or([eb('followee_id', '=', userId), eb('follower_id', '=', userId)]))
    .execute();
}

/** Stores a publication (idempotent). */
export async function insertPublication(trx: Transaction, publication: Publication): Promise<void> {
  const { videoId, owner, title, publishedAt } = publication;
  await trx
    .insertInto('publication')
    .values({
      video_id: videoId,
      owner_id: owner.userId,
      owner_handle: owner.handle,
      owner_name: owner.displayName,
      title,
      published_at: publishedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What an account published from an instant on, the oldest first. */
export async function publicationsSince(trx: Transaction, ownerId: string, since: Date): Promise<Publication[]> {
  const rows = await trx
    .selectFrom('publication')
    .selectAll()
    .where('owner_id', '=', ownerId)
    .where('published_at', '>=', since)
    .orderBy('published_at')
    .orderBy('video_id')
    .execute();
  return rows.map(publicationOf);
}

/** Forgets what an account published. */
export async function deletePublicationsOf(trx: Transaction, ownerId: string): Promise<void> {
  await trx.deleteFrom('publication').where('owner_id', '=', ownerId).execute();
}

function publicationOf(row: Selectable<PublicationTable>): Publication {
  return {
    videoId: row.video_id,
    owner: { userId: row.owner_id, handle: row.owner_handle, displayName: row.owner_name },
    title: row.title,
    publishedAt: row.published_at,
  };
}
