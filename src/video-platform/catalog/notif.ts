import {
  accountDeleted,
  followed,
  jobDead,
  mediaFailed,
  mediaProgress,
  notify,
  passwordChanged,
  sessionRevoked,
  unfollowed,
  videoCommented,
  videoLiked,
  videoPublished,
} from '#contracts';
import { consume, Env } from '#declare';
import { platformService } from './platform-service.ts';

/** notif: what somebody should hear of. Owns the inboxes and the one live stream to each open page. */
export const notif = platformService('notif', {
  file: 26,
  env: [
    /** Seconds between two comments that keep an idle stream open. */
    Env.value('SSE_PING_S', 15),
    Env.value('SSE_MAX_PER_USER', 6),
  ],
  publishes: [notify],
  consumes: [
    consume(videoPublished),
    consume(videoCommented),
    consume(videoLiked),
    consume(mediaFailed),
    consume(jobDead),
    consume(followed),
    consume(unfollowed),
    consume(passwordChanged),
    consume(accountDeleted),
  ],
  subscribes: [mediaProgress, notify, sessionRevoked],
});
