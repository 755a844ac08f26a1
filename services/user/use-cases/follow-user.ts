/** Who follows whom. */
import { followed, unfollowed, type Audience, type Follow, type FollowState, type PeriodDays } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import { HttpError, type Session } from '#services/platform';
import { z } from 'zod';
import { beginFollow, countFollows, endFollow, listFollows, sumAudienceChanges } from '../repository/follows.ts';
import type { Pair } from '../repository/follows.ts';
import type { Service, Database } from '../service.ts';
import { requireProfile } from './change-me.ts';
import { ownProfile } from './record-account.ts';

const DAY_MS = 86_400_000;
const place = z.object({ followedAt: z.coerce.date(), userId: z.uuid() });

/** Follows somebody; once more is no fault. Throws `not_found`, or `conflict` for oneself. */
export async function followUser(service: Service, session: Session, handle: string): Promise<FollowState> {
  const follower = await ownProfile(service, session);
  const followee = await requireProfile(service.db, handle);
  if (follower.user_id === followee.user_id)
    throw new HttpError('conflict', { detail: 'nobody can follow themselves' });
  const pair = { followerId: follower.user_id, followeeId: followee.user_id };
  const now = new Date();
  await service.transaction(async (trx) => {
    const version = await beginFollow(trx, pair, now);
    if (version === undefined) return;
    await service.enqueue(trx, followed, {
      aggregate: aggregateOf(pair),
      data: {
        ...pair,
        followerHandle: follower.handle,
        followerDisplayName: follower.display_name,
        version,
        followedAt: now.toISOString(),
      },
    });
  });
  return { following: true, followers: (await countFollows(service.db, followee.user_id)).followers };
}

/** Follows somebody no longer; once more is no fault. Throws `not_found`. */
export async function unfollowUser(service: Service, session: Session, handle: string): Promise<FollowState> {
  const followee = await requireProfile(service.db, handle);
  const pair = { followerId: session.userId, followeeId: followee.user_id };
  await service.transaction(async (trx) => {
    const version = await endFollow(trx, pair);
    if (version === undefined) return;
    const data = { ...pair, version, unfollowedAt: new Date().toISOString() };
    await service.enqueue(trx, unfollowed, { aggregate: aggregateOf(pair), data });
  });
  return { following: false, followers: (await countFollows(service.db, followee.user_id)).followers };
}

/** Who follows somebody, or whom somebody follows; the latest first. Throws `not_found`. */
export async function readFollows(
  db: Database,
  side: 'followers' | 'following',
  handle: string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
) {
  const after = decodeCursor(place, cursor);
  const { user_id } = await requireProfile(db, handle);
  const rows = await listFollows(db, side, user_id, { after, limit: limit + 1 });
  return pageFrom(
    rows,
    limit,
    (row): Follow => ({
      userId: row.user_id,
      handle: row.handle,
      displayName: row.display_name,
      followedAt: row.followed_at.toISOString(),
    }),
    (row) => ({ followedAt: row.followed_at, userId: row.user_id }),
  );
}

/** Followers now, gained in the days until now, today included, and in as many days before. Days are those of UTC. */
export async function readAudience(
  db: Database,
  userId: string,
  days: PeriodDays,
  now = new Date(),
): Promise<Audience> {
  const tomorrow = Math.floor(now.getTime() / DAY_MS) * DAY_MS + DAY_MS;
  const [end, start, before] = [0, days, 2 * days].map((back) => new Date(tomorrow - back * DAY_MS)) as [
    Date,
    Date,
    Date,
  ];
  const [{ followers }, gained, previouslyGained] = await Promise.all([
    countFollows(db, userId),
    sumAudienceChanges(db, userId, start, end),
    sumAudienceChanges(db, userId, before, start),
  ]);
  return { followers, gained, previouslyGained };
}

function aggregateOf({ followerId, followeeId }: Pair): string {
  return `${followerId}:${followeeId}`;
}
