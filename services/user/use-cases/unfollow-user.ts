import { unfollowed, type FollowState } from '#contracts';
import type { Session } from '#services/platform';
import { countFollows, endFollow, followKey } from '../repository/follows.ts';
import type { Service } from '../service.ts';
import { requireProfile } from './require-profile.ts';

/** Ends a follow (idempotent). Throws `not_found`. */
export async function unfollowUser(
  service: Service,
  { session, handle }: { readonly session: Session; readonly handle: string },
): Promise<FollowState> {
  const followee = await requireProfile(service, handle);
  const pair = { followerId: session.userId, followeeId: followee.user_id };
  await service.transaction(async (trx) => {
    const version = await endFollow(trx, pair);
    if (version === undefined) return;
    const data = { ...pair, version, unfollowedAt: new Date().toISOString() };
    await service.enqueue(trx, unfollowed, { aggregate: followKey(pair), data });
  });
  return { following: false, followers: (await countFollows(service.db, followee.user_id)).followers };
}
