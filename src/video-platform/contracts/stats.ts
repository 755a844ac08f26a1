/** Messages of stats, which owns views and watch time. */
import { defineMessage } from '#declare';
import * as z from 'zod';
import { aggregateVersion, count, instant, seconds, userId, videoId } from './identifier.ts';

/** Counted views were flushed in one batch; totals are absolute, so that a lost or repeated one does no harm. */
export const viewsRolled = defineMessage({
  subject: 'events.stats.views_rolled',
  payload: z.object({
    batchId: z.uuid(),
    videos: z
      .array(
        z.object({
          videoId,
          ownerId: userId,
          version: aggregateVersion,
          /** Views that this batch added. */
          views: count,
          /** Watch time that this batch added. */
          watchSeconds: seconds,
          /** Views of the video ever, this batch included. */
          totalViews: count,
        }),
      )
      .min(1),
    rolledAt: instant,
  }),
});
