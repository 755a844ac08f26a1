import { HttpError, type Session } from '#services/platform';
import { findProfile, type ProfileRow } from '../repository/profiles.ts';
import type { Service } from '../service.ts';
import { recordAccount } from './record-account.ts';

/**
 * The caller's profile. A user who has just signed up may call before `account_created` arrives: the profile is then created
 * from the session, with the handle as its name, and completed when the event comes. Throws `no_session` for an account that
 * was deleted.
 */
export async function ensureProfile(service: Service, session: Session): Promise<ProfileRow> {
  const { userId, handle, role, createdAt } = session;
  const known = await findProfile(service.db, userId);
  if (known !== undefined) return known;
  const account = { userId, handle, displayName: handle, role, version: 0, joinedAt: new Date(createdAt) };
  await service.transaction(async (trx) => await recordAccount(service, trx, account));
  const created = await findProfile(service.db, userId);
  if (created === undefined) throw new HttpError('no_session');
  return created;
}
