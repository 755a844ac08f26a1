import { accountCreated, accountDeleted, mediaDeleted, mediaUploaded } from '#contracts';
import type { Consumption } from '#runtime';
import { forgetAccount, holdAccount } from './repository/accounts.ts';
import { deleteWatchedVideo } from './repository/history.ts';
import type { Service } from './service.ts';
import { recordAccount } from './use-cases/record-account.ts';
import { recordStoredBytes } from './use-cases/record-stored-bytes.ts';

/** One handler for each message that user consumes. */
export function consumers(service: Service): Consumption[] {
  return [
    service.transactionalConsumer(accountCreated, async ({ data: { createdAt, ...account } }, trx) => {
      await recordAccount(service, trx, { ...account, joinedAt: new Date(createdAt) });
    }),
    service.transactionalConsumer(accountDeleted, async ({ data: { userId } }, trx) => {
      if (await holdAccount(trx, userId)) await forgetAccount(trx, userId);
    }),
    service.transactionalConsumer(
      mediaUploaded,
      async ({ data: { videoId, ownerId, quotaBytes, uploadedAt } }, trx) => {
        await recordStoredBytes(service, trx, { videoId, ownerId, quotaBytes, changedAt: new Date(uploadedAt) });
      },
    ),
    service.transactionalConsumer(mediaDeleted, async ({ data: { videoId, ownerId, deletedAt } }, trx) => {
      await deleteWatchedVideo(trx, videoId);
      await recordStoredBytes(service, trx, { videoId, ownerId, quotaBytes: 0, changedAt: new Date(deletedAt) });
    }),
  ];
}
