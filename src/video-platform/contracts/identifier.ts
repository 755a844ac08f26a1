/** Schemas of the identifiers and figures that messages and HTTP bodies have in common. */
import * as z from 'zod';

/** Id of an account, the same in every service; one token, so it can stand in a subject. */
export const userId = z.uuid();
/** Id of a video, the same in every service; one token, so it can stand in a subject. */
export const videoId = z.uuid();
/** Id of a processing job. */
export const jobId = z.uuid();
/** Id of a comment. */
export const commentId = z.uuid();
/** Id of a session as its owner sees it; never the secret in the cookie. */
export const sessionId = z.uuid();
/** Id of one resumable upload. */
export const uploadId = z.string().regex(/^[A-Za-z0-9_-]{8,128}$/, 'must be 8 to 128 of A-Z a-z 0-9 _ -');
/** Name of a finished set of renditions; its bytes never change. One path segment. */
export const revision = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be 1 to 64 of a-z 0-9 -');

/** Public name of an account in links, unique and fixed at sign-up. */
export const handle = z.string().regex(/^[a-z0-9_]{3,30}$/, 'must be 3 to 30 of a-z 0-9 _');
/** Name of an account as shown. */
export const displayName = z.string().trim().min(1).max(60);
/** Title of a video. */
export const videoTitle = z.string().trim().min(1).max(120);
/** Description of a video, plain text. */
export const videoDescription = z.string().max(5000);
/** A tag of a video. */
export const videoTag = z.string().regex(/^[a-z0-9][a-z0-9-]{0,29}$/, 'must be 1 to 30 of a-z 0-9 -');
/** Tags of a video. */
export const videoTags = z.array(videoTag).max(10);

/** What an account may do. */
export const role = z.enum(['user', 'admin']);
/** What an account may do. */
export type Role = z.infer<typeof role>;

/** Who may see a video: everybody and lists, everybody with the link, its owner. */
export const visibility = z.enum(['public', 'unlisted', 'private']);
/** Who may see a video: everybody and lists, everybody with the link, its owner. */
export type Visibility = z.infer<typeof visibility>;

/** A point in time, ISO 8601 in UTC. */
export const instant = z.iso.datetime();
/** Grows by one with each change of an aggregate; a projection ignores what is not newer than it has. */
export const aggregateVersion = z.int().min(1);
/** A number of bytes. */
export const byteCount = z.int().min(0);
/** A number of things. */
export const count = z.int().min(0);
/** A length of time in seconds. */
export const seconds = z.number().min(0);
/** A part of a hundred. */
export const percent = z.number().min(0).max(100);

/** An account as others see it: what a page needs to name somebody. */
export const person = z.object({ userId, handle, displayName });
/** An account as others see it: what a page needs to name somebody. */
export type Person = z.infer<typeof person>;
