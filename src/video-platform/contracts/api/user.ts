/** The HTTP face of user, under /api/user. */
import * as z from 'zod';
import {
  byteCount,
  count,
  displayName,
  handle,
  instant,
  person,
  role,
  seconds,
  userId,
  videoId,
  visibility,
} from '../identifier.ts';
import { idListOf, pageFields, pageOf, pageQuery } from './page.ts';
import { periodQuery } from './period.ts';
import { defineApi } from '#declare';

export * from '../user.ts';

/** A profile as anybody sees it. */
export const profile = person.extend({
  bio: z.string(),
  followers: count,
  following: count,
  joinedAt: instant,
});
/** A profile as anybody sees it. */
export type Profile = z.infer<typeof profile>;

/** Storage of a user. */
export const quota = z.object({ limitBytes: byteCount, usedBytes: byteCount });
/** Storage of a user. */
export type Quota = z.infer<typeof quota>;

/** What a user has set. */
export const settings = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  /** Whether the next video starts by itself. */
  autoplay: z.boolean(),
  /** Whether what is watched is remembered. */
  keepHistory: z.boolean(),
  /** Visibility that a new upload starts with. */
  defaultVisibility: visibility,
});
/** What a user has set. */
export type Settings = z.infer<typeof settings>;

/** One's own profile with what only oneself sees. */
export const me = z.object({ profile, role, quota, settings });
/** One's own profile with what only oneself sees. */
export type Me = z.infer<typeof me>;

/** A video that was watched; its title comes from video, by `listVideos` with `ids`. */
export const historyEntry = z.object({
  videoId,
  /** Where to go on. */
  positionSeconds: seconds,
  durationSeconds: seconds,
  watchedAt: instant,
});
/** A video that was watched. */
export type HistoryEntry = z.infer<typeof historyEntry>;

/** Somebody in a list of followers or followed. */
export const follow = person.extend({ followedAt: instant });
/** Somebody in a list of followers or followed. */
export type Follow = z.infer<typeof follow>;

/** Whether the caller follows somebody, and how many do. */
export const followState = z.object({ following: z.boolean(), followers: count });
/** Whether the caller follows somebody, and how many do. */
export type FollowState = z.infer<typeof followState>;

/** An account in the administrator's list. */
export const listedAccount = person.extend({ role, quota, createdAt: instant });
/** An account in the administrator's list. */
export type ListedAccount = z.infer<typeof listedAccount>;

/** Followers at the end of a period, gained in it, and gained in the period before. */
export const audience = z.object({ followers: count, gained: z.int(), previouslyGained: z.int() });
/** Followers at the end of a period, gained in it, and gained in the period before. */
export type Audience = z.infer<typeof audience>;

const byHandle = z.object({ handle });
const byVideo = z.object({ videoId });

/** Routes of user. */
export const userApi = defineApi('user', {
  readMe: {
    method: 'get',
    path: '/me',
    access: 'session',
    summary: 'Get your profile, storage and settings',
    response: me,
    status: 200,
  },
  changeMe: {
    method: 'patch',
    path: '/me',
    access: 'session',
    summary: 'Change your profile',
    body: z.strictObject({ displayName: displayName.optional(), bio: z.string().max(1000).optional() }),
    response: profile,
    status: 200,
  },
  readQuota: {
    method: 'get',
    path: '/me/quota',
    access: 'session',
    summary: 'Get your storage usage',
    response: quota,
    status: 200,
  },
  readSettings: {
    method: 'get',
    path: '/me/settings',
    access: 'session',
    summary: 'Get your settings',
    response: settings,
    status: 200,
  },
  changeSettings: {
    method: 'patch',
    path: '/me/settings',
    access: 'session',
    summary: 'Change your settings (omitted ones stay)',
    body: z.strictObject(settings.partial().shape),
    response: settings,
    status: 200,
  },
  readAudience: {
    method: 'get',
    path: '/me/audience',
    access: 'session',
    summary: 'Get your follower count, compared with the previous period',
    query: periodQuery,
    response: audience,
    status: 200,
  },
  listHistory: {
    method: 'get',
    path: '/me/history',
    access: 'session',
    summary: 'List watched videos, latest first',
    query: pageQuery,
    response: pageOf(historyEntry),
    status: 200,
  },
  clearHistory: {
    method: 'delete',
    path: '/me/history',
    access: 'session',
    summary: 'Clear the watch history',
    status: 204,
  },
  readHistoryEntry: {
    method: 'get',
    path: '/me/history/:videoId',
    access: 'session',
    summary: 'Get the playback position of a video, or null',
    params: byVideo,
    response: z.object({ entry: historyEntry.nullable() }),
    status: 200,
  },
  recordHistoryEntry: {
    method: 'put',
    path: '/me/history/:videoId',
    access: 'session',
    summary: 'Store the playback position of a video',
    params: byVideo,
    body: z.strictObject({ positionSeconds: seconds, durationSeconds: seconds }),
    status: 204,
  },
  forgetHistoryEntry: {
    method: 'delete',
    path: '/me/history/:videoId',
    access: 'session',
    summary: 'Remove a video from the watch history',
    params: byVideo,
    status: 204,
  },
  readProfile: {
    method: 'get',
    path: '/profiles/:handle',
    access: 'optional',
    summary: 'Get a profile, and whether you follow it',
    params: byHandle,
    response: profile.extend({ followedByMe: z.boolean() }),
    status: 200,
  },
  followUser: {
    method: 'put',
    path: '/profiles/:handle/follow',
    access: 'session',
    summary: 'Follow a user (idempotent)',
    params: byHandle,
    response: followState,
    status: 200,
  },
  unfollowUser: {
    method: 'delete',
    path: '/profiles/:handle/follow',
    access: 'session',
    summary: 'Unfollow a user (idempotent)',
    params: byHandle,
    response: followState,
    status: 200,
  },
  listFollowers: {
    method: 'get',
    path: '/profiles/:handle/followers',
    access: 'optional',
    summary: 'List the followers of a user, latest first',
    params: byHandle,
    query: pageQuery,
    response: pageOf(follow),
    status: 200,
  },
  listFollowing: {
    method: 'get',
    path: '/profiles/:handle/following',
    access: 'optional',
    summary: 'List the users that a user follows, latest first',
    params: byHandle,
    query: pageQuery,
    response: pageOf(follow),
    status: 200,
  },
  listAccounts: {
    method: 'get',
    path: '/accounts',
    access: 'admin',
    summary: 'List users: all, by a text in handle or name, or by id',
    query: z.object({
      ...pageFields,
      q: z.string().max(100).optional(),
      /** Ids separated by commas; missing ones are left out. */
      ids: idListOf(userId).optional(),
    }),
    response: pageOf(listedAccount),
    status: 200,
  },
  changeQuota: {
    method: 'put',
    path: '/accounts/:userId/quota',
    access: 'admin',
    summary: 'Set the storage quota of a user',
    params: z.object({ userId }),
    body: z.strictObject({ limitBytes: byteCount }),
    response: quota,
    status: 200,
  },
});
