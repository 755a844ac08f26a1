import type { statsApi } from '#contracts';
import type { HandlersOf } from '#services/platform';
import { ownVideo, videoSeenBy } from './access.ts';
import type { BeatBuffer } from './beats/beat-buffer.ts';
import type { BeatMetrics } from './metrics.ts';
import { figuresByVideo } from './repository/figures.ts';
import { listMostViewedSince } from './repository/videos.ts';
import type { Service } from './service.ts';
import { readSeries } from './use-cases/read-series.ts';
import { recordBeat } from './use-cases/record-beat.ts';
import { periodOf } from './views/period.ts';

const TRENDING_MS = 24 * 3_600_000;

/** One handler for each route of stats. */
export function handlers(
  service: Service,
  parts: { readonly buffer: BeatBuffer; readonly metrics: BeatMetrics },
): HandlersOf<typeof statsApi> {
  const { db } = service;
  return {
    async recordBeat({ params, body, session, address, request }) {
      const userAgent = request.get('user-agent') ?? '';
      const { videoId } = params;
      await recordBeat(service, parts, { videoId, beat: body, session, address, userAgent, at: new Date() });
    },

    async readVideoTotals({ params, session }) {
      const { video_id, views, watch_seconds, viewers } = await videoSeenBy(db, params.videoId, session);
      return { videoId: video_id, views, watchSeconds: watch_seconds, viewers };
    },

    async readVideoSeries({ params, query, session }) {
      const { video_id: videoId, title } = await ownVideo(db, params.videoId, session);
      return {
        ...(await readSeries(service, { source: { videoId }, days: query.days, now: new Date() })),
        videoId,
        title,
      };
    },

    async readOverview({ query, session }) {
      const now = new Date();
      const { userId: ownerId } = session;
      const [series, videos] = await Promise.all([
        readSeries(service, { source: { ownerId }, days: query.days, now }),
        figuresByVideo(db, ownerId, periodOf(query.days, now)),
      ]);
      return { ...series, videos };
    },

    async listTrending({ query }) {
      const since = new Date(Date.now() - TRENDING_MS);
      return { items: await listMostViewedSince(db, since, query.limit) };
    },
  };
}
