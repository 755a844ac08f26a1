import type { accountDeleted } from '#contracts';
import type { DataOf } from '#declare';
import { removeCommentsOf } from '../repository/comments.ts';
import { removeLikesOf } from '../repository/likes.ts';
import { departAccount, lockAccount } from '../repository/projections.ts';
import { lockVideosOf } from '../repository/videos.ts';
import type { Service, Transaction } from '../service.ts';
import { endVideo } from './end-video.ts';

/** Deletes the videos, comments and likes of an account that is gone, and all that is kept of it. */
export async function forgetAccount(
  service: Service,
  trx: Transaction,
  { userId, deletedAt }: DataOf<typeof accountDeleted>,
): Promise<void> {
  if (!(await lockAccount(trx, userId))) return;
  const at = new Date(deletedAt);
  for (const { id, version } of await lockVideosOf(trx, userId)) {
    await endVideo(service, trx, { id, ownerId: userId, version, reason: 'account_deleted', at });
  }
  await removeCommentsOf(trx, userId);
  await removeLikesOf(trx, userId);
  await departAccount(trx, userId, at);
}
