import {
  accountDeleted,
  followed,
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
import { recordFailure, recordRevision, recordUpload } from './use-cases/follow-media.ts';
import { forgetAccount } from './use-cases/forget-account.ts';

/** One handler for each message that video consumes. */
export function consumers(service: Service): Consumption[] {
  return [
    service.once(mediaUploaded, async (trx, { data }) => await recordUpload(trx, data)),
    service.once(mediaProcessed, async (trx, { data }) => await recordRevision(service, trx, data)),
    service.once(mediaFailed, async (trx, { data }) => await recordFailure(trx, data)),
    service.once(profileUpdated, async (trx, { data }) => {
      if (await holdAccounts(trx, [data.userId])) await recordProfile(trx, data);
    }),
    service.once(quotaChanged, async (trx, { data }) => {
      if (await holdAccounts(trx, [data.userId])) await recordQuota(trx, data);
    }),
    service.once(followed, async (trx, { data }) => {
      if (await holdAccounts(trx, [data.followerId, data.followeeId])) await recordFollow(trx, data, true);
    }),
    service.once(unfollowed, async (trx, { data }) => {
      if (await holdAccounts(trx, [data.followerId, data.followeeId])) await recordFollow(trx, data, false);
    }),
    service.once(viewsRolled, async (trx, { data }) => {
      const inOneOrder = [...data.videos].sort((a, b) => a.videoId.localeCompare(b.videoId));
      for (const figures of inOneOrder) await recordViews(trx, figures);
    }),
    service.once(accountDeleted, async (trx, { data }) => await forgetAccount(service, trx, data)),
  ];
}
