import { quotaChanged } from '#contracts';
import type { QuotaRow } from '../repository/quotas.ts';
import type { Service, Transaction } from '../service.ts';
import { quotaOf } from '../views/quota.ts';

/** Publishes a quota after it changed. */
export async function announceQuota(service: Service, trx: Transaction, row: QuotaRow): Promise<void> {
  await service.enqueue(trx, quotaChanged, {
    aggregate: `quota:${row.user_id}`,
    data: { userId: row.user_id, version: row.version, ...quotaOf(row), changedAt: new Date().toISOString() },
  });
}
