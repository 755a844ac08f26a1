import { holdAccount } from '../repository/accounts.ts';
import { recordProfile, type KnownAccount } from '../repository/profiles.ts';
import { insertQuota } from '../repository/quotas.ts';
import { insertSettings } from '../repository/settings.ts';
import type { Service, Transaction } from '../service.ts';
import { announceProfile } from './announce-profile.ts';
import { announceQuota } from './announce-quota.ts';

/** Creates the profile, settings and quota of an account, or completes the profile that a session created before. */
export async function recordAccount(service: Service, trx: Transaction, account: KnownAccount): Promise<void> {
  if (!(await holdAccount(trx, account.userId))) return;
  const profile = await recordProfile(trx, account);
  if (profile === undefined) return;
  await insertSettings(trx, account.userId);
  const quota = await insertQuota(trx, account.userId, service.config.DEFAULT_QUOTA_BYTES);
  await announceProfile(service, trx, profile);
  if (quota !== undefined) await announceQuota(service, trx, quota);
}
