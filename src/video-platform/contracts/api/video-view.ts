/** How a video looks in the answers of video: as a card, as its page, and as its owner sees it. */
import * as z from 'zod';
import {
  aggregateVersion,
  byteCount,
  commentId,
  count,
  instant,
  person,
  revision,
  seconds,
  videoDescription,
  videoId,
  videoTags,
  videoTitle,
  visibility,
} from '../identifier.ts';
import { fileName, mediaFailureCode, mediaRemarks, rendition } from '../media.ts';

/** Where a video is on its way: waits for its file, is worked on, can be watched, cannot become a video. */
export const videoState = z.enum(['draft', 'processing', 'ready', 'failed']);
/** Where a video is on its way. */
export type VideoState = z.infer<typeof videoState>;

/** A video in a grid. */
export const videoCard = z.object({
  videoId,
  title: videoTitle,
  owner: person,
  visibility,
  state: videoState,
  /** Null until it is ready. */
  durationSeconds: seconds.nullable(),
  /** Path of its poster; null until it has one. */
  posterUrl: z.string().nullable(),
  views: count,
  likes: count,
  tags: videoTags,
  createdAt: instant,
  publishedAt: instant.nullable(),
});
/** A video in a grid. */
export type VideoCard = z.infer<typeof videoCard>;

/** Why a video failed. */
export const videoFailure = z.object({ code: mediaFailureCode, reason: z.string() });
/** Why a video failed. */
export type VideoFailure = z.infer<typeof videoFailure>;

/** Where a player finds the bytes; paths on the one origin. */
export const playback = z.object({
  revision,
  /** HLS master playlist. */
  masterUrl: z.string(),
  /** The original by ranges, for a player without HLS. */
  originalUrl: z.string(),
  width: z.int().min(1),
  height: z.int().min(1),
  hasAudio: z.boolean(),
  renditions: z.array(rendition),
});
/** Where a player finds the bytes. */
export type Playback = z.infer<typeof playback>;

/** A video with all that its page shows. */
export const videoDetail = videoCard.extend({
  version: aggregateVersion,
  description: videoDescription,
  comments: count,
  likedByMe: z.boolean(),
  mine: z.boolean(),
  /** Null until it is ready. */
  playback: playback.nullable(),
  /** Only its owner sees it; null when it did not fail. */
  failure: videoFailure.nullable(),
  /** How the film differs from its file; only its owner sees it. @default - nothing to tell */
  remarks: mediaRemarks.optional(),
  updatedAt: instant,
});
/** A video with all that its page shows. */
export type VideoDetail = z.infer<typeof videoDetail>;

/** A video in its owner's list. */
export const ownVideo = videoCard.extend({
  version: aggregateVersion,
  description: videoDescription,
  comments: count,
  fileName,
  bytes: byteCount,
  failure: videoFailure.nullable(),
  /** How the film differs from its file; only its owner sees it. @default - nothing to tell */
  remarks: mediaRemarks.optional(),
  updatedAt: instant,
});
/** A video in its owner's list. */
export type OwnVideo = z.infer<typeof ownVideo>;

/** What a client needs to send the file. */
export const upload = z.object({
  /** Where tus uploads are made. */
  url: z.url(),
  /** Signed leave to upload this one file; goes into the `Upload-Ticket` header of every tus request. */
  ticket: z.string(),
  expiresAt: instant,
});
/** What a client needs to send the file. */
export type Upload = z.infer<typeof upload>;

/** A comment below a video. */
export const comment = z.object({
  commentId,
  videoId,
  author: person,
  /** Plain text. */
  text: z.string(),
  createdAt: instant,
  /** Whether the caller may delete it. */
  deletable: z.boolean(),
});
/** A comment below a video. */
export type Comment = z.infer<typeof comment>;
