import { accountCreated, accountDeleted, mediaDeleted, mediaUploaded } from '#contracts';
import type { Consumption } from '#runtime';
import type { Service } from './service.ts';
import { onMediaDeleted, onMediaUploaded } from './use-cases/change-quota.ts';
import { onAccountCreated, onAccountDeleted } from './use-cases/record-account.ts';

/** One handler for each message that user consumes. */
export function consumers(service: Service): Consumption[] {
  return [
    service.transactionalConsumer(accountCreated, async ({ data }, trx) => await onAccountCreated(service, trx, data)),
    service.transactionalConsumer(accountDeleted, async ({ data }, trx) => await onAccountDeleted(trx, data)),
    service.transactionalConsumer(mediaUploaded, async ({ data }, trx) => await onMediaUploaded(service, trx, data)),
    service.transactionalConsumer(mediaDeleted, async ({ data }, trx) => await onMediaDeleted(service, trx, data)),
  ];
}
