import { accountDeleted, videoDeleted, videoPublished, videoUpdated, videoVisibilityChanged } from '#contracts';
import type { Consumption } from '#runtime';
import { forgetVideosOf, recordDeleted, recordPublished, recordTitle, recordVisibility } from './repository/videos.ts';
import type { StatsService } from './service.ts';

/** What stats does with what it hears. A video of a deleted account that is heard of later is deleted by a message of its own. */
export function consumersOf(service: StatsService): Consumption[] {
  return [
    service.once(videoPublished, async (trx, { data }) => await recordPublished(trx, data)),
    service.once(videoUpdated, async (trx, { data }) => await recordTitle(trx, data)),
    service.once(videoVisibilityChanged, async (trx, { data }) => await recordVisibility(trx, data)),
    service.once(videoDeleted, async (trx, { data }) => await recordDeleted(trx, data)),
    service.once(accountDeleted, async (trx, { data }) => await forgetVideosOf(trx, data.userId)),
  ];
}
