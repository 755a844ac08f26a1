import {
  accountDeleted,
  videoDeleted,
  videoPublished,
  videoUpdated,
  videoVisibilityChanged,
  viewsRolled,
} from '#contracts';
import { consume, declareService, Env } from '#declare';
import { platformEnv } from './platform-env.ts';
import { redisKeysOf } from './redis-keys.ts';
import { platformSecret } from './secrets.ts';

/** stats: the figures. Owns views and watch time, counted without keeping who watched. */
export const stats = declareService({
  name: 'stats',
  route: '/api/stats',
  env: [
    ...platformEnv('stats'),
    /** Seconds of watching after which a view counts, or half of a shorter video. */
    Env.value('VIEW_MIN_S', 10),
    /** Seconds in which a viewer counts once. */
    Env.value('VIEW_WINDOW_S', 3600),
    /** Seconds between two flushes of the buffer in Redis. */
    Env.value('FLUSH_S', 15),
    Env.secret('VIEWER_SALT', platformSecret('stats-viewer-salt')),
  ],
  publishes: [viewsRolled],
  consumes: [
    consume(videoPublished),
    consume(videoUpdated),
    consume(videoDeleted),
    consume(videoVisibilityChanged),
    consume(accountDeleted),
  ],
  databaseSchema: 'stats',
  redisKeys: redisKeysOf('stats'),
});
