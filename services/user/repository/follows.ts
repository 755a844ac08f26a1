import { sql } from 'kysely';
import type { Database, Transaction } from '../service.ts';

/** Somebody who follows, and whom. */
export interface Pair {
  readonly followerId: string;
  readonly followeeId: string;
}

/** A row in a list of followers or followed. */
export interface FollowRow {
  readonly user_id: string;
  readonly handle: string;
  readonly display_name: string;
  readonly followed_at: Date;
}

/** Where a page of such a list starts: after this row. */
export interface FollowPlace {
  readonly followedAt: Date;
  readonly userId: string;
}

/** Figures of the follows of one user. */
export interface FollowCounts {
  readonly followers: number;
  readonly following: number;
}

/** The aggregate of a pair: its events stay in order. */
export function followKey({ followerId, followeeId }: Pair): string {
  return `${followerId}:${followeeId}`;
}

/** Begins a follow. Gives the version of the pair; undefined when it was so already. */
export async function beginFollow(trx: Transaction, pair: Pair, followedAt: Date): Promise<number | undefined> {
  const begun = await trx
    .insertInto('follow')
    .values({
      follower_id: pair.followerId,
      followee_id: pair.followeeId,
      active: true,
      version: 1,
      followed_at: followedAt,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['follower_id', 'followee_id'])
        .doUpdateSet({ active: true, version: sql`follow.version + 1`, followed_at: followedAt })
        .where('follow.active', '=', false),
    )
    .returning('version')
    .executeTakeFirst();
  if (begun !== undefined) await countChange(trx, pair.followeeId, 1);
  return begun?.version;
}

/** Ends a follow. Gives the version of the pair; undefined when it was so already. */
export async function endFollow(trx: Transaction, pair: Pair): Promise<number | undefined> {
  const ended = await trx
    .updateTable('follow')
    .set({ active: false, version: sql`version + 1` })
    .where('follower_id', '=', pair.followerId)
    .where('followee_id', '=', pair.followeeId)
    .where('active', '=', true)
    .returning('version')
    .executeTakeFirst();
  if (ended !== undefined) await countChange(trx, pair.followeeId, -1);
  return ended?.version;
}

/** Whether somebody follows somebody. */
export async function isFollowing(db: Database, { followerId, followeeId }: Pair): Promise<boolean> {
  const row = await db
    .selectFrom('follow')
    .select('version')
    .where('follower_id', '=', followerId)
    .where('followee_id', '=', followeeId)
    .where('active', '=', true)
    .executeTakeFirst();
  return row !== undefined;
}

/** How many follow a user, and how many the user follows. */
export async function countFollows(db: Database, userId: string): Promise<FollowCounts> {
  const { rows } = await sql<FollowCounts>`select
    (select count(*) from follow where active and followee_id = ${userId}) as followers,
    (select count(*) from follow where active and follower_id = ${userId}) as following`.execute(db);
  return rows[0] ?? { followers: 0, following: 0 };
}

/** Who follows a user, or whom the user follows: the latest first, after a place. */
export async function findFollows(
  db: Database,
  side: 'followers' | 'following',
  userId: string,
  page: { readonly after: FollowPlace | undefined; readonly limit: number },
): Promise<FollowRow[]> {
  const [own, other] =
    side === 'followers'
      ? (['follow.followee_id', 'follow.follower_id'] as const)
      : (['follow.follower_id', 'follow.followee_id'] as const);
  const { after, limit } = page;
  let query = db
    .selectFrom('follow')
    .innerJoin('profile', 'profile.user_id', other)
    .select(['profile.user_id', 'profile.handle', 'profile.display_name', 'follow.followed_at'])
    .where(own, '=', userId)
    .where('follow.active', '=', true);
  if (after !== undefined) {
    query = query.where(
      sql<boolean>`(follow.followed_at, ${sql.ref(other)}) < (${after.followedAt}, ${after.userId}::uuid)`,
    );
  }
  return await query.orderBy('follow.followed_at', 'desc').orderBy(other, 'desc').limit(limit).execute();
}

/** Followers that a user gained, less those that left, from a time until another. */
export async function sumAudienceChanges(db: Database, userId: string, from: Date, until: Date): Promise<number> {
  const { gained } = await db
    .selectFrom('audience_change')
    .select(sql<number>`coalesce(sum(gained), 0)::int`.as('gained'))
    .where('followee_id', '=', userId)
    .where('changed_at', '>=', from)
    .where('changed_at', '<', until)
    .executeTakeFirstOrThrow();
  return gained;
}

async function countChange(trx: Transaction, followeeId: string, gained: 1 | -1): Promise<void> {
  await trx.insertInto('audience_change').values({ followee_id: followeeId, gained }).execute();
}
