import { holdAccount } from '../repository/accounts.ts';
import { recountQuota, upsertStoredBytes, type StoredBytes } from '../repository/quotas.ts';
import type { Service, Transaction } from '../service.ts';
import { announceQuota } from './announce-quota.ts';

/** Counts the bytes of a video against its owner's quota: what was uploaded, or 0 once it is gone. */
export async function recordStoredBytes(service: Service, trx: Transaction, stored: StoredBytes): Promise<void> {
  if (!(await holdAccount(trx, stored.ownerId))) return;
  await upsertStoredBytes(trx, stored);
  const changed = await recountQuota(trx, stored.ownerId);
  if (changed !== undefined) await announceQuota(service, trx, changed);
}
