import {
  accountDeleted,
  videoDeleted,
  videoPublished,
  videoUpdated,
  videoVisibilityChanged,
  viewsRolled,
} from '#contracts';
import { consume, Env } from '#declare';
import { platformService } from './platform-service.ts';
import { platformSecret } from './secrets.ts';

/** stats: the figures. Owns views and watch time, counted without keeping who watched. */
export const stats = platformService('stats', {
  file: 25,
  env: [
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
});
