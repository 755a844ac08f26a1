import { followed, type FollowState } from '#contracts';
import { HttpError, type Session } from '#services/platform';
import { beginFollow, countFollows, followKey } from '../repository/follows.ts';
import type { Service } from '../service.ts';
import { ensureProfile } from './ensure-profile.ts';
import { requireProfile } from './require-profile.ts';

/** Follows a user (idempotent). Throws `not_found`, or `conflict` for oneself. */
export async function followUser(
  service: Service,
  { session, handle }: { readonly session: Session; readonly handle: string },
): Promise<FollowState> {
  const follower = await ensureProfile(service, session);
  const followee = await requireProfile(service, handle);
  if (follower.user_id === followee.user_id) throw new HttpError('conflict', { detail: 'you cannot follow yourself' });
  const pair = { followerId: follower.user_id, followeeId: followee.user_id };
  const now = new Date();
  await service.transaction(async (trx) => {
    const version = await beginFollow(trx, pair, now);
    if (version === undefined) return;
    await service.enqueue(trx, followed, {
      aggregate: followKey(pair),
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
