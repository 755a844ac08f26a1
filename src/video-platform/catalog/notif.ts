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
import { consume, declareService, Env } from '#declare';
import { platformEnv } from './platform-env.ts';
import { redisKeysOf } from './redis-keys.ts';

/** notif: what somebody should hear of. Owns the inboxes and the one live stream to each open page. */
export const notif = declareService({
  name: 'notif',
  route: '/api/notif',
  env: [
    ...platformEnv('notif'),
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
  databaseSchema: 'notif',
  redisKeys: redisKeysOf('notif'),
});
