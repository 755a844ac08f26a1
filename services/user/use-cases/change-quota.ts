/** How much a user may store, and does. */
import { quotaChanged, type mediaDeleted, type mediaUploaded, type Quota } from '#contracts';
import type { DataOf } from '#declare';
import { notFound } from '#runtime';
import { holdAccount } from '../repository/accounts.ts';
import { deleteWatchedVideo } from '../repository/history.ts';
import { findQuota, limitQuota, recordStoredBytes, recountQuota } from '../repository/quotas.ts';
import type { QuotaRow, StoredBytes } from '../repository/quotas.ts';
import type { Service, Transaction } from '../service.ts';

/** Counts what was uploaded. */
export async function onMediaUploaded(
  service: Service,
  trx: Transaction,
  { videoId, ownerId, quotaBytes, uploadedAt }: DataOf<typeof mediaUploaded>,
): Promise<void> {
  await count(service, trx, { videoId, ownerId, quotaBytes, changedAt: new Date(uploadedAt) });
}

/** Counts no more what is gone, and forgets the video in the histories. */
export async function onMediaDeleted(
  service: Service,
  trx: Transaction,
  { videoId, ownerId, deletedAt }: DataOf<typeof mediaDeleted>,
): Promise<void> {
  await deleteWatchedVideo(trx, videoId);
  await count(service, trx, { videoId, ownerId, quotaBytes: 0, changedAt: new Date(deletedAt) });
}

/** Sets the allowance of a user. Throws `not_found`. */
export async function changeQuota(service: Service, userId: string, limitBytes: number): Promise<Quota> {
  return await service.transaction(async (trx) => {
    await holdAccount(trx, userId);
    const changed = await limitQuota(trx, userId, limitBytes);
    if (changed !== undefined) await announceQuota(service, trx, changed);
    const quota = changed ?? (await findQuota(trx, userId));
    if (quota === undefined) throw notFound();
    return quotaOf(quota);
  });
}

/** A quota as the contract shows it. */
export function quotaOf(row: Pick<QuotaRow, 'limit_bytes' | 'used_bytes'>): Quota {
  return { limitBytes: row.limit_bytes, usedBytes: row.used_bytes };
}

/** Tells the others of a quota. */
export async function announceQuota(service: Service, trx: Transaction, row: QuotaRow): Promise<void> {
  await service.enqueue(trx, quotaChanged, {
    aggregate: `quota:${row.user_id}`,
    data: { userId: row.user_id, version: row.version, ...quotaOf(row), changedAt: new Date().toISOString() },
  });
}

async function count(service: Service, trx: Transaction, stored: StoredBytes): Promise<void> {
  if (!(await holdAccount(trx, stored.ownerId))) return;
  await recordStoredBytes(trx, stored);
  const changed = await recountQuota(trx, stored.ownerId);
  if (changed !== undefined) await announceQuota(service, trx, changed);
}
