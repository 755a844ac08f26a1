import {
  accountDeleted,
  followed,
  jobDead,
  jobRetried,
  mediaFailed,
  mediaProcessed,
  mediaUploaded,
  profileUpdated,
  quotaChanged,
  unfollowed,
  viewsRolled,
} from '#contracts';
import type { Consumption } from '#runtime';
import { holdAccounts, recordFollow, recordProfile, recordQuota } from './repository/projections.ts';
import { recordViews } from './repository/videos.ts';
import type { Service } from './service.ts';
import { forgetAccount } from './use-cases/forget-account.ts';
import { recordFailure } from './use-cases/record-failure.ts';
import { recordRetry } from './use-cases/record-retry.ts';
import { recordRevision } from './use-cases/record-revision.ts';
import { recordUpload } from './use-cases/record-upload.ts';

/** One handler for each message that video consumes. */
export function consumers(service: Service): Consumption[] {
  return [
    service.transactionalConsumer(mediaUploaded, async ({ data }, trx) => await recordUpload(trx, data), {
      groupCommit: true,
    }),
    service.transactionalConsumer(mediaProcessed, async ({ data }, trx) => await recordRevision(service, trx, data)),
    service.transactionalConsumer(mediaFailed, async ({ data }, trx) => await recordFailure(trx, data)),
    service.transactionalConsumer(
      jobDead,
      async ({ data: { videoId, run, reason, diedAt } }, trx) =>
        await recordFailure(trx, { videoId, run, code: 'internal', reason, failedAt: diedAt }),
    ),
    service.transactionalConsumer(jobRetried, async ({ data }, trx) => await recordRetry(trx, data)),
    service.transactionalConsumer(profileUpdated, async ({ data }, trx) => {
      if (await holdAccounts(trx, [data.userId])) await recordProfile(trx, data);
    }),
    service.transactionalConsumer(quotaChanged, async ({ data }, trx) => {
      if (await holdAccounts(trx, [data.userId])) await recordQuota(trx, data);
    }),
    service.transactionalConsumer(
      followed,
      async ({ data }, trx) => {
        if (await holdAccounts(trx, [data.followerId, data.followeeId])) await recordFollow(trx, data, true);
      },
      { groupCommit: true },
    ),
    service.transactionalConsumer(
      unfollowed,
      async ({ data }, trx) => {
        if (await holdAccounts(trx, [data.followerId, data.followeeId])) await recordFollow(trx, data, false);
      },
      { groupCommit: true },
    ),
    service.transactionalConsumer(viewsRolled, async ({ data }, trx) => {
      const inOneOrder = [...data.videos].sort((a, b) => a.videoId.localeCompare(b.videoId));
      for (const figures of inOneOrder) await recordViews(trx, figures);
    }),
    service.transactionalConsumer(accountDeleted, async ({ data }, trx) => await forgetAccount(service, trx, data)),
  ];
}
