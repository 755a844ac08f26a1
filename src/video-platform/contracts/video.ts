/** Messages of video, which owns the catalogue, comments and likes. */
import { defineMessage } from '#declare';
import * as z from 'zod';
import {
  aggregateVersion,
  commentId,
  count,
  displayName,
  handle,
  instant,
  revision,
  seconds,
  userId,
  videoDescription,
  videoId,
  videoTags,
  videoTitle,
  visibility,
} from './identifier.ts';

const aboutVideo = { videoId, ownerId: userId, version: aggregateVersion };

/** A draft was made; its bytes may now be uploaded. */
export const videoCreated = defineMessage({
  subject: 'events.video.created',
  payload: z.object({ ...aboutVideo, title: videoTitle, visibility, createdAt: instant }),
});

/** Title, description or tags changed. */
export const videoUpdated = defineMessage({
  subject: 'events.video.updated',
  payload: z.object({
    ...aboutVideo,
    title: videoTitle,
    description: videoDescription,
    tags: videoTags,
    updatedAt: instant,
  }),
});

/** Another circle of people may see it from now on. */
export const videoVisibilityChanged = defineMessage({
  subject: 'events.video.visibility_changed',
  payload: z.object({ ...aboutVideo, visibility, previous: visibility, changedAt: instant }),
});

/** A video can be watched; sent once a video, when its first revision is ready. */
export const videoPublished = defineMessage({
  subject: 'events.video.published',
  payload: z.object({
    ...aboutVideo,
    ownerHandle: handle,
    ownerDisplayName: displayName,
    title: videoTitle,
    visibility,
    durationSeconds: seconds,
    revision,
    publishedAt: instant,
  }),
});

/** A video was deleted permanently; its bytes, jobs, figures and notifications are deleted too. */
export const videoDeleted = defineMessage({
  subject: 'events.video.deleted',
  payload: z.object({
    ...aboutVideo,
    reason: z.enum(['owner', 'admin', 'account_deleted']),
    deletedAt: instant,
  }),
});

/** Somebody commented on a video. */
export const videoCommented = defineMessage({
  subject: 'events.video.commented',
  payload: z.object({
    videoId,
    ownerId: userId,
    title: videoTitle,
    commentId,
    authorId: userId,
    authorHandle: handle,
    authorDisplayName: displayName,
    /** The first characters of the comment, for the notification. */
    excerpt: z.string().max(140),
    commentedAt: instant,
  }),
});

/** Somebody likes a video. */
export const videoLiked = defineMessage({
  subject: 'events.video.liked',
  payload: z.object({
    videoId,
    ownerId: userId,
    title: videoTitle,
    likerId: userId,
    likerHandle: handle,
    likerDisplayName: displayName,
    /** Likes of the video after this one. */
    likes: count,
    likedAt: instant,
  }),
});
