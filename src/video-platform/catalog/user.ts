import {
  accountCreated,
  accountDeleted,
  followed,
  mediaDeleted,
  mediaUploaded,
  profileUpdated,
  quotaChanged,
  unfollowed,
} from '#contracts';
import { consume, Env } from '#declare';
import { platformService } from './platform-service.ts';

const GIB = 1024 ** 3;

/** user: what somebody is to others. Owns profiles, follows, quotas, settings and the watch history. */
export const user = platformService('user', {
  file: 21,
  env: [
    Env.value('DEFAULT_QUOTA_BYTES', 10 * GIB),
    /** Entries of the watch history that are kept for each user. */
    Env.value('HISTORY_MAX', 500),
  ],
  publishes: [profileUpdated, followed, unfollowed, quotaChanged],
  consumes: [consume(accountCreated), consume(accountDeleted), consume(mediaUploaded), consume(mediaDeleted)],
});
