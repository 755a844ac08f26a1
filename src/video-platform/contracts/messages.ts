/** THE list of messages, by the name that code uses for them. */
import { accountCreated, accountDeleted, passwordChanged, sessionRevoked } from './auth.ts';
import { mediaDeleted, mediaFailed, mediaProcessed, mediaProgress, mediaUploaded } from './media.ts';
import { notify } from './notif.ts';
import {
  deadLettered,
  jobCancelled,
  jobDead,
  jobStarted,
  maxDeliveriesReached,
  messageTerminated,
  videoProcess,
} from './queue.ts';
import { viewsRolled } from './stats.ts';
import { followed, profileUpdated, quotaChanged, unfollowed } from './user.ts';
import {
  videoCommented,
  videoCreated,
  videoDeleted,
  videoLiked,
  videoPublished,
  videoUpdated,
  videoVisibilityChanged,
} from './video.ts';

/** All messages of the platform, by the name that code uses for them. */
export const MESSAGES = {
  accountCreated,
  accountDeleted,
  passwordChanged,
  sessionRevoked,
  profileUpdated,
  followed,
  unfollowed,
  quotaChanged,
  videoCreated,
  videoUpdated,
  videoVisibilityChanged,
  videoPublished,
  videoDeleted,
  videoCommented,
  videoLiked,
  mediaUploaded,
  mediaProcessed,
  mediaFailed,
  mediaDeleted,
  mediaProgress,
  videoProcess,
  jobStarted,
  jobDead,
  jobCancelled,
  deadLettered,
  maxDeliveriesReached,
  messageTerminated,
  viewsRolled,
  notify,
} as const;

/** Name of a message in code. */
export type MessageName = keyof typeof MESSAGES;
