/** Messages of media, which owns bytes: originals, renditions and posters. */
import { defineMessage } from '#declare';
import * as z from 'zod';
import { byteCount, instant, jobId, percent, revision, seconds, uploadId, userId, videoId } from './identifier.ts';

/** Longest name of an uploaded file, in characters. */
export const FILE_NAME_MAX = 255;

/** Name of the file as its owner knows it; text for people, never a path. */
export const fileName = z.string().min(1).max(FILE_NAME_MAX);

/** One encoding of a video. */
export const rendition = z.object({
  /** Path segment of its playlist, such as `720p`. */
  name: z.string().regex(/^[a-z0-9]{1,16}$/, 'must be 1 to 16 of a-z 0-9'),
  width: z.int().min(1),
  height: z.int().min(1),
  /** Peak rate that the master playlist announces. */
  bitsPerSecond: z.int().min(1),
  bytes: byteCount,
});
/** One encoding of a video. */
export type Rendition = z.infer<typeof rendition>;

/** Why a file could not become a video; pages have words and advice for each. */
export const mediaFailureCode = z.enum([
  'unreadable',
  'no_video_track',
  'unsupported_format',
  'too_long',
  'too_large',
  'timed_out',
  'source_missing',
  'no_space',
  'internal',
]);
/** Why a file could not become a video. */
export type MediaFailureCode = z.infer<typeof mediaFailureCode>;

/** Failures of the moment: another time the same file may succeed. After every other one it never will. */
export const PASSING_FAILURES: readonly MediaFailureCode[] = ['timed_out', 'no_space', 'internal'];

/** Remarks for the owner on how a video differs from its file, such as an omitted track; one sentence each. */
export const mediaRemarks = z.array(z.string().min(1).max(500)).max(20);

/** What the worker is at. */
export const processingPhase = z.enum(['probing', 'transcoding', 'poster', 'packaging', 'done']);
/** What the worker is at. */
export type ProcessingPhase = z.infer<typeof processingPhase>;

const aboutJob = { videoId, ownerId: userId, jobId, run: z.int().min(1) };

/** All bytes of an upload arrived and are kept. */
export const mediaUploaded = defineMessage({
  subject: 'events.media.uploaded',
  payload: z.object({
    videoId,
    ownerId: userId,
    uploadId,
    fileName,
    /** Size of the original. */
    bytes: byteCount,
    /** Bytes that count against the owner's quota from now on. */
    quotaBytes: byteCount,
    uploadedAt: instant,
  }),
});

/** A revision is complete and can be played. */
export const mediaProcessed = defineMessage({
  subject: 'events.media.processed',
  payload: z.object({
    ...aboutJob,
    revision,
    durationSeconds: seconds,
    width: z.int().min(1),
    height: z.int().min(1),
    hasAudio: z.boolean(),
    hasPoster: z.boolean(),
    /** From the smallest to the largest. */
    renditions: z.array(rendition).min(1),
    /** Bytes of all renditions and the poster. */
    storedBytes: byteCount,
    /** Remarks for the owner on how the video differs from the file; one sentence each. @default - no remarks */
    remarks: mediaRemarks.optional(),
    processedAt: instant,
  }),
});

/** The file did not become a video, and is not tried again by itself; only after a passing failure may it succeed later. */
export const mediaFailed = defineMessage({
  subject: 'events.media.failed',
  payload: z.object({
    ...aboutJob,
    fileName,
    code: mediaFailureCode,
    /** One sentence for the owner. */
    reason: z.string().min(1).max(500),
    attempt: z.int().min(1),
    failedAt: instant,
  }),
});

/** The bytes of a video are gone. */
export const mediaDeleted = defineMessage({
  subject: 'events.media.deleted',
  payload: z.object({
    videoId,
    ownerId: userId,
    /** Bytes that no longer count against the owner's quota. */
    quotaBytes: byteCount,
    deletedAt: instant,
  }),
});

/** How far a job is, as the live stream and the ledger see it. */
export const progress = z.object({
  ...aboutJob,
  /** Which delivery of this run. */
  attempt: z.int().min(1),
  /** Name of the pod that does the work. */
  worker: z.string().min(1).max(253),
  phase: processingPhase,
  percent,
  /** Grows within an attempt, so that a late one is recognised. */
  sequence: z.int().min(0),
  /** Why this attempt ended without success; absent while it goes on. */
  problem: z.string().min(1).max(500).optional(),
  at: instant,
});
/** How far a job is. */
export type Progress = z.infer<typeof progress>;

/** How far a job is; sent at most once a second, and lost without harm. */
export const mediaProgress = defineMessage({
  subject: 'progress.{user}.{video}',
  delivery: 'core',
  payload: progress,
});
