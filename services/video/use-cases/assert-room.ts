import { HttpError } from '#services/platform';
import { findQuota } from '../repository/projections.ts';
import { countedBytes } from '../repository/videos.ts';
import type { Service, Transaction } from '../service.ts';

/**
 * Refuses a file that does not fit beside what its owner has stored and what drafts may still upload. A draft counts until it
 * is deleted, because an upload that has begun goes on after its ticket has run out. Stored bytes are what user reported, or
 * what arrived here if that is more: user hears of a new file later, and of a deleted one only when media has removed it.
 */
export async function assertRoom(
  { config }: Pick<Service, 'config'>,
  trx: Transaction,
  file: { readonly draftId: string; readonly ownerId: string; readonly bytes: number },
): Promise<void> {
  const quota = await findQuota(trx, file.ownerId);
  const { drafts, arrived } = await countedBytes(trx, file);
  const stored = Math.max(quota?.used_bytes ?? 0, arrived);
  const left = (quota?.limit_bytes ?? config.DEFAULT_QUOTA_BYTES) - stored - drafts;
  if (file.bytes <= left) return;
  const detail = `the file has ${file.bytes} bytes, but only ${Math.max(0, left)} are left, including unfinished drafts: delete drafts or videos to make room`;
  throw new HttpError('quota_exceeded', { detail });
}
