import { HttpError } from '#services/platform';
import { findQuota } from '../repository/projections.ts';
import { openDraftBytes } from '../repository/videos.ts';
import type { Transaction } from '../service.ts';

/**
 * Refuses a file that does not fit beside what its owner has stored and what other drafts may still upload. Before the
 * allowance was heard of, as in the first second of an account, nothing is refused.
 */
export async function assertRoom(
  trx: Transaction,
  file: { readonly draftId: string; readonly ownerId: string; readonly bytes: number; readonly now: Date },
): Promise<void> {
  const quota = await findQuota(trx, file.ownerId);
  if (quota === undefined) return;
  const left = quota.limit_bytes - quota.used_bytes - (await openDraftBytes(trx, file));
  if (file.bytes <= left) return;
  const detail = `the file has ${file.bytes} bytes, but only ${Math.max(0, left)} are left, including unfinished drafts`;
  throw new HttpError('quota_exceeded', { detail });
}
