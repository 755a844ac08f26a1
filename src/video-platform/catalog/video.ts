import {
  accountDeleted,
  followed,
  jobDead,
  jobRetried,
  mediaFailed,
  mediaProcessed,
  mediaUploaded,
  profileUpdated,
  quotaChanged,
  unfollowed,
  videoCommented,
  videoCreated,
  videoDeleted,
  videoLiked,
  videoPublished,
  videoUpdated,
  videoVisibilityChanged,
  viewsRolled,
} from '#contracts';
import { consume, Env } from '#declare';
import { DEFAULT_QUOTA } from './default-quota.ts';
import { platformService } from './platform-service.ts';
import { platformSecret } from './secrets.ts';

/** video: the catalogue. Owns titles, descriptions, tags, visibility, state, likes and comments. */
export const video = platformService('video', {
  file: 22,
  env: [
    Env.value('UPLOAD_URL', '$(PUBLIC_ORIGIN)/api/media/uploads'),
    Env.secret('UPLOAD_TICKET_PRIVATE_KEY', platformSecret('upload-ticket-private-key')),
    Env.value('UPLOAD_TICKET_TTL_S', 86_400),
    DEFAULT_QUOTA,
    /** Most entries of one page of a list. */
    Env.value('PAGE_MAX', 100),
    /** Comments, and likes with unlikes, of one account within the window: each is an event that others store. */
    Env.value('COMMENT_LIMIT', 60),
    Env.value('LIKE_LIMIT', 120),
    Env.value('ACTION_WINDOW_S', 60),
  ],
  publishes: [
    videoCreated,
    videoUpdated,
    videoVisibilityChanged,
    videoPublished,
    videoDeleted,
    videoCommented,
    videoLiked,
  ],
  consumes: [
    consume(mediaUploaded),
    consume(mediaProcessed),
    consume(mediaFailed),
    consume(jobDead),
    consume(jobRetried),
    consume(profileUpdated),
    consume(quotaChanged),
    consume(followed),
    consume(unfollowed),
    consume(viewsRolled),
    consume(accountDeleted),
  ],
});
