import type { Quota } from '#contracts';
import type { QuotaRow } from '../repository/quotas.ts';

/** A quota as the contract shows it. */
export function quotaOf(row: Pick<QuotaRow, 'limit_bytes' | 'used_bytes'>): Quota {
  return { limitBytes: row.limit_bytes, usedBytes: row.used_bytes };
}
