import type { Profile } from '#contracts';
import type { Session } from '#services/platform';
import { countFollows, isFollowing } from '../repository/follows.ts';
import type { Service } from '../service.ts';
import { profileOf } from '../views/profile.ts';
import { requireProfile } from './require-profile.ts';

/** A profile by its handle, and whether the caller follows it. Throws `not_found`. */
export async function readProfile(
  service: Service,
  { handle, session }: { readonly handle: string; readonly session: Session | undefined },
): Promise<Profile & { readonly followedByMe: boolean }> {
  const { db } = service;
  const row = await requireProfile(service, handle);
  const followedByMe =
    session !== undefined && (await isFollowing(db, { followerId: session.userId, followeeId: row.user_id }));
  return { ...profileOf(row, await countFollows(db, row.user_id)), followedByMe };
}
