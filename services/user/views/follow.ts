import type { Follow } from '#contracts';
import type { FollowRow } from '../repository/follows.ts';

/** A follower, or somebody who is followed, as the lists show them. */
export function followOf(row: FollowRow): Follow {
  return {
    userId: row.user_id,
    handle: row.handle,
    displayName: row.display_name,
    followedAt: row.followed_at.toISOString(),
  };
}
