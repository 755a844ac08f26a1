import type { Profile } from '#contracts';
import type { FollowCounts } from '../repository/follows.ts';
import type { ProfileRow } from '../repository/profiles.ts';

/** A profile as the contract shows it. */
export function profileOf(row: ProfileRow, { followers, following }: FollowCounts): Profile {
  return {
    userId: row.user_id,
    handle: row.handle,
    displayName: row.display_name,
    bio: row.bio,
    followers,
    following,
    joinedAt: row.joined_at.toISOString(),
  };
}
