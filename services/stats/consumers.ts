import { accountDeleted, videoDeleted, videoPublished, videoUpdated, videoVisibilityChanged } from '#contracts';
import type { Consumption } from '#runtime';
import { forgetVideosOf, recordDeleted, recordPublished, recordTitle, recordVisibility } from './repository/videos.ts';
import type { Service } from './service.ts';

/**
 * One handler for each message that stats consumes. A video that becomes known only after its account was deleted is removed by
 * a message of its own.
 */
export function consumers(service: Service): Consumption[] {
  return [
    service.once(videoPublished, async (trx, { data }) => await recordPublished(trx, data)),
    service.once(videoUpdated, async (trx, { data }) => await recordTitle(trx, data)),
    service.once(videoVisibilityChanged, async (trx, { data }) => await recordVisibility(trx, data)),
    service.once(videoDeleted, async (trx, { data }) => await recordDeleted(trx, data)),
    service.once(accountDeleted, async (trx, { data }) => await forgetVideosOf(trx, data.userId)),
  ];
}
