import { accountCreated, accountDeleted, mediaDeleted, mediaUploaded } from '#contracts';
import type { Consumption } from '#runtime';
import type { Service } from './service.ts';
import { onMediaDeleted, onMediaUploaded } from './use-cases/change-quota.ts';
import { onAccountCreated, onAccountDeleted } from './use-cases/record-account.ts';

/** One handler for each message that user consumes. */
export function consumers(service: Service): Consumption[] {
  return [
    service.once(accountCreated, async (trx, { data }) => await onAccountCreated(service, trx, data)),
    service.once(accountDeleted, async (trx, { data }) => await onAccountDeleted(trx, data)),
    service.once(mediaUploaded, async (trx, { data }) => await onMediaUploaded(service, trx, data)),
    service.once(mediaDeleted, async (trx, { data }) => await onMediaDeleted(service, trx, data)),
  ];
}
