/** The HTTP face of stats, under /api/stats. */
import * as z from 'zod';
import { count, seconds, videoId, videoTitle } from '../identifier.ts';
import { listOf, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from './page.ts';
import { periodDays, periodQuery } from './period.ts';
import { defineApi } from '#declare';

export * from '../stats.ts';

/** Figures of a period. */
export const totals = z.object({ views: count, watchSeconds: seconds, viewers: count });
/** Figures of a period. */
export type Totals = z.infer<typeof totals>;

/** Figures of one day. */
export const seriesPoint = totals.extend({ /** Day in UTC, such as 2026-01-31. */ date: z.iso.date() });
/** Figures of one day. */
export type SeriesPoint = z.infer<typeof seriesPoint>;

/** Figures of a period day by day, and what the period before came to. */
export const series = z.object({
  days: periodDays,
  /** One for each day, zeros included, the oldest first. */
  points: z.array(seriesPoint),
  totals,
  /** The same figures of the period before. */
  previous: totals,
});
/** Figures of a period day by day, and what the period before came to. */
export type Series = z.infer<typeof series>;

/** Figures of one video in the owner's overview. */
export const videoFigures = totals.extend({ videoId, title: videoTitle });
/** Figures of one video in the owner's overview. */
export type VideoFigures = z.infer<typeof videoFigures>;

/** All own videos together, and each, the most viewed first. */
export const overview = series.extend({ videos: z.array(videoFigures) });
/** All own videos together, and each. */
export type Overview = z.infer<typeof overview>;

/** What a player says each few seconds, and when it stops. */
export const beatBody = z.strictObject({
  /** Id of this playback, made by the player. */
  playbackId: z.uuid(),
  /** Grows by one with each beat of a playback; a repeated one is not counted. */
  sequence: z.int().min(0),
  /** Seconds really played since the beat before. */
  watchedSeconds: z.number().min(0).max(60),
  positionSeconds: seconds,
});
/** What a player says each few seconds. */
export type Beat = z.infer<typeof beatBody>;

/** A video that is watched much now; its card comes from video, by `listVideos` with `ids`. */
export const trendingVideo = z.object({ videoId, /** Views of the last 24 hours. */ recentViews: count });
/** A video that is watched much now. */
export type TrendingVideo = z.infer<typeof trendingVideo>;

/** Seconds between two beats of a player. */
export const BEAT_INTERVAL_SECONDS = 5;

const byVideo = z.object({ videoId });

/** Routes of stats. */
export const statsApi = defineApi('stats', {
  recordBeat: {
    method: 'post',
    path: '/videos/:videoId/beats',
    access: 'optional',
    summary: 'Report playback progress, for views and watch time',
    params: byVideo,
    body: beatBody,
    status: 202,
  },
  readVideoTotals: {
    method: 'get',
    path: '/videos/:videoId/totals',
    access: 'optional',
    summary: 'Get the total views and watch time of a video',
    params: byVideo,
    response: totals.extend({ videoId }),
    status: 200,
  },
  readVideoSeries: {
    method: 'get',
    path: '/videos/:videoId/series',
    access: 'session',
    summary: 'Get the statistics of one of your videos over time',
    params: byVideo,
    query: periodQuery,
    response: series.extend({ videoId, title: videoTitle }),
    status: 200,
  },
  readOverview: {
    method: 'get',
    path: '/mine',
    access: 'session',
    summary: 'Get the statistics of all your videos over time',
    query: periodQuery,
    response: overview,
    status: 200,
  },
  listTrending: {
    method: 'get',
    path: '/trending',
    access: 'public',
    summary: 'List trending public videos, most watched first',
    query: z.object({ limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT) }),
    response: listOf(trendingVideo),
    status: 200,
  },
});
