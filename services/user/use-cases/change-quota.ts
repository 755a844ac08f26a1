import type { Quota } from '#contracts';
import { notFound } from '#runtime';
import { holdAccount } from '../repository/accounts.ts';
import { findQuota, limitQuota } from '../repository/quotas.ts';
import type { Service } from '../service.ts';
import { quotaOf } from '../views/quota.ts';
import { announceQuota } from './announce-quota.ts';

/** Sets the quota of a user. Throws `not_found`. */
export async function changeQuota(
  service: Service,
  { userId, limitBytes }: { readonly userId: string; readonly limitBytes: number },
): Promise<Quota> {
  return await service.transaction(async (trx) => {
    await holdAccount(trx, userId);
    const changed = await limitQuota(trx, userId, limitBytes);
    if (changed !== undefined) await announceQuota(service, trx, changed);
    const quota = changed ?? (await findQuota(trx, userId));
    if (quota === undefined) throw notFound();
    return quotaOf(quota);
  });
}
