import type { user } from '#catalog';
import { accountCreated, accountDeleted, mediaDeleted, mediaUploaded, userApi } from '#contracts';
import type { ServicePlan } from '#runtime';
import { userHandlers } from './handlers.ts';
import { migrations } from './migrations.ts';
import { onAccountCreated, onAccountDeleted } from './use-cases/record-account.ts';
import { onMediaDeleted, onMediaUploaded } from './use-cases/change-quota.ts';
import type { UserTables } from './tables.ts';

/** What user is made of. */
export const userPlan: ServicePlan<typeof user, typeof userApi, UserTables> = {
  api: userApi,
  migrations,
  build: (service) => ({
    handlers: userHandlers(service),
    consumers: [
      service.once(accountCreated, async (trx, { data }) => await onAccountCreated(service, trx, data)),
      service.once(accountDeleted, async (trx, { data }) => await onAccountDeleted(trx, data)),
      service.once(mediaUploaded, async (trx, { data }) => await onMediaUploaded(service, trx, data)),
      service.once(mediaDeleted, async (trx, { data }) => await onMediaDeleted(service, trx, data)),
    ],
  }),
};
