/** Messages of user, which owns profiles, follows, quotas and settings. */
import { defineMessage } from '#declare';
import * as z from 'zod';
import { aggregateVersion, byteCount, displayName, handle, instant, userId } from './identifier.ts';

/** A profile came to be or changed; carries all that others show of it. */
export const profileUpdated = defineMessage({
  subject: 'events.user.profile_updated',
  payload: z.object({
    userId,
    version: aggregateVersion,
    handle,
    displayName,
    bio: z.string().max(1000),
    updatedAt: instant,
  }),
});

/** Somebody follows somebody; `version` counts the changes of this pair. */
export const followed = defineMessage({
  subject: 'events.user.followed',
  payload: z.object({
    followerId: userId,
    followerHandle: handle,
    followerDisplayName: displayName,
    followeeId: userId,
    version: aggregateVersion,
    followedAt: instant,
  }),
});

/** Somebody no longer follows somebody; `version` counts the changes of this pair. */
export const unfollowed = defineMessage({
  subject: 'events.user.unfollowed',
  payload: z.object({ followerId: userId, followeeId: userId, version: aggregateVersion, unfollowedAt: instant }),
});

/** The allowance of a user, or what is used of it, changed. */
export const quotaChanged = defineMessage({
  subject: 'events.user.quota_changed',
  payload: z.object({
    userId,
    version: aggregateVersion,
    limitBytes: byteCount,
    usedBytes: byteCount,
    changedAt: instant,
  }),
});
