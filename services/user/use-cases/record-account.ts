/** What user makes of the accounts that auth tells of. */
import { profileUpdated, type accountCreated, type accountDeleted } from '#contracts';
import type { DataOf } from '#declare';
import { HttpError, type Session } from '#services/platform';
import { forgetAccount, holdAccount } from '../repository/accounts.ts';
import { findProfile, recordProfile, type KnownAccount, type ProfileRow } from '../repository/profiles.ts';
import { insertQuota } from '../repository/quotas.ts';
import { insertSettings } from '../repository/settings.ts';
import type { Service, Transaction } from '../service.ts';
import { announceQuota } from './change-quota.ts';

/** Makes the profile of a new account. */
export async function onAccountCreated(
  service: Service,
  trx: Transaction,
  account: DataOf<typeof accountCreated>,
): Promise<void> {
  const { userId, handle, displayName, role, version, createdAt } = account;
  await recordAccount(service, trx, { userId, handle, displayName, role, version, joinedAt: new Date(createdAt) });
}

/** Forgets a deleted account, and that its creation may still be told of. */
export async function onAccountDeleted(trx: Transaction, { userId }: DataOf<typeof accountDeleted>): Promise<void> {
  if (await holdAccount(trx, userId)) await forgetAccount(trx, userId);
}

/**
 * The profile of who calls. Somebody who has just signed up may be here before the news of it: the profile is then made from
 * the session, with the handle for a name, and completed when the news comes. Throws `no_session` for an account that is gone.
 */
export async function ownProfile(service: Service, session: Session): Promise<ProfileRow> {
  const { userId, handle, role, createdAt } = session;
  const known = await findProfile(service.db, userId);
  if (known !== undefined) return known;
  const account = { userId, handle, displayName: handle, role, version: 0, joinedAt: new Date(createdAt) };
  await service.transaction(async (trx) => await recordAccount(service, trx, account));
  const made = await findProfile(service.db, userId);
  if (made === undefined) throw new HttpError('no_session');
  return made;
}

/** Tells the others of a profile. */
export async function announceProfile(service: Service, trx: Transaction, row: ProfileRow): Promise<void> {
  await service.enqueue(trx, profileUpdated, {
    aggregate: row.user_id,
    data: {
      userId: row.user_id,
      version: row.version,
      handle: row.handle,
      displayName: row.display_name,
      bio: row.bio,
      updatedAt: new Date().toISOString(),
    },
  });
}

async function recordAccount(service: Service, trx: Transaction, account: KnownAccount): Promise<void> {
  if (!(await holdAccount(trx, account.userId))) return;
  const profile = await recordProfile(trx, account);
  if (profile === undefined) return;
  await insertSettings(trx, account.userId);
  const quota = await insertQuota(trx, account.userId, service.config.DEFAULT_QUOTA_BYTES);
  await announceProfile(service, trx, profile);
  if (quota !== undefined) await announceQuota(service, trx, quota);
}
