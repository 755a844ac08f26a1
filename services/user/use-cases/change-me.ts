/** Profiles as they are shown, and the own one as it is changed. */
import type { Me, Profile, userApi } from '#contracts';
import { notFound } from '#runtime';
import { HttpError, type CallOf, type Session } from '#services/platform';
import { countFollows, isFollowing } from '../repository/follows.ts';
import { changeProfile, findProfileByHandle, type ProfileRow } from '../repository/profiles.ts';
import { findQuota } from '../repository/quotas.ts';
import { findSettings } from '../repository/settings.ts';
import type { Service, Database } from '../service.ts';
import { quotaOf } from './change-quota.ts';
import { announceProfile, ownProfile } from './record-account.ts';

/** What somebody may change of the own profile. */
export type ProfileChange = CallOf<typeof userApi, 'changeMe'>['body'];

/** The own profile with what only oneself sees. */
export async function readMe(service: Service, session: Session): Promise<Me> {
  const { db } = service;
  const row = await ownProfile(service, session);
  const [profile, quota, settings] = await Promise.all([
    profileOf(db, row),
    findQuota(db, row.user_id),
    findSettings(db, row.user_id),
  ]);
  if (quota === undefined || settings === undefined) throw new HttpError('no_session');
  return { profile, role: row.role, quota: quotaOf(quota), settings };
}

/** Changes the own profile; tells the others when there is a change. */
export async function changeMe(service: Service, session: Session, change: ProfileChange): Promise<Profile> {
  const known = await ownProfile(service, session);
  if (Object.values<unknown>(change).every((value) => value === undefined)) return await profileOf(service.db, known);
  const changed = await service.transaction(async (trx) => {
    const row = await changeProfile(trx, session.userId, change);
    if (row === undefined) throw new HttpError('no_session');
    await announceProfile(service, trx, row);
    return row;
  });
  return await profileOf(service.db, changed);
}

/** A profile by its handle, and whether the caller follows it. Throws `not_found`. */
export async function readProfile(
  db: Database,
  handle: string,
  callerId: string | undefined,
): Promise<Profile & { readonly followedByMe: boolean }> {
  const row = await requireProfile(db, handle);
  const followedByMe =
    callerId !== undefined && (await isFollowing(db, { followerId: callerId, followeeId: row.user_id }));
  return { ...(await profileOf(db, row)), followedByMe };
}

/** The row of a handle. Throws `not_found`. */
export async function requireProfile(db: Database, handle: string): Promise<ProfileRow> {
  const row = await findProfileByHandle(db, handle);
  if (row === undefined) throw notFound();
  return row;
}

async function profileOf(db: Database, row: ProfileRow): Promise<Profile> {
  const { followers, following } = await countFollows(db, row.user_id);
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
