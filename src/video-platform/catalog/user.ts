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
import { DEFAULT_QUOTA } from './default-quota.ts';
import { platformService } from './platform-service.ts';

/** user: what somebody is to others. Owns profiles, follows, quotas, settings and the watch history. */
export const user = platformService('user', {
  file: 21,
  env: [
    DEFAULT_QUOTA,
    /** Entries of the watch history that are kept for each user. */
    Env.value('HISTORY_MAX', 500),
    /** Follows and unfollows of one account within the window: each is an event that others store. */
    Env.value('FOLLOW_LIMIT', 120),
    Env.value('FOLLOW_WINDOW_S', 60),
  ],
  publishes: [profileUpdated, followed, unfollowed, quotaChanged],
  consumes: [consume(accountCreated), consume(accountDeleted), consume(mediaUploaded), consume(mediaDeleted)],
});
