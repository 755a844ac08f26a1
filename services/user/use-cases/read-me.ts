import type { Me } from '#contracts';
import { HttpError, type Session } from '#services/platform';
import { countFollows } from '../repository/follows.ts';
import { findQuota } from '../repository/quotas.ts';
import { findSettings } from '../repository/settings.ts';
import type { Service } from '../service.ts';
import { profileOf } from '../views/profile.ts';
import { quotaOf } from '../views/quota.ts';
import { ensureProfile } from './ensure-profile.ts';

/** The caller's profile, with what nobody else sees. */
export async function readMe(service: Service, session: Session): Promise<Me> {
  const { db } = service;
  const row = await ensureProfile(service, session);
  const [follows, quota, settings] = await Promise.all([
    countFollows(db, row.user_id),
    findQuota(db, row.user_id),
    findSettings(db, row.user_id),
  ]);
  if (quota === undefined || settings === undefined) throw new HttpError('no_session');
  return { profile: profileOf(row, follows), role: row.role, quota: quotaOf(quota), settings };
}
