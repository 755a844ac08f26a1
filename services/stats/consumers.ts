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
    service.transactionalConsumer(videoPublished, async ({ data }, trx) => await recordPublished(trx, data)),
    service.transactionalConsumer(videoUpdated, async ({ data }, trx) => await recordTitle(trx, data)),
    service.transactionalConsumer(videoVisibilityChanged, async ({ data }, trx) => await recordVisibility(trx, data)),
    service.transactionalConsumer(videoDeleted, async ({ data }, trx) => await recordDeleted(trx, data)),
    service.transactionalConsumer(accountDeleted, async ({ data }, trx) => await forgetVideosOf(trx, data.userId)),
  ];
}
