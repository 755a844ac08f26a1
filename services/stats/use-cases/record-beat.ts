import type { Beat } from '#contracts';
import { absentDependencyOf } from '#runtime';
import type { Session } from '#services/platform';
import { videoSeenBy } from '../access.ts';
import type { BeatBuffer } from '../beats/beat-buffer.ts';
import { sourceHash, viewerHash } from '../beats/viewer.ts';
import type { BeatMetrics } from '../metrics.ts';
import type { Service } from '../service.ts';

/** What a player said, and all that is known of who watches. */
export interface BeatReport {
  readonly videoId: string;
  readonly beat: Beat;
  readonly session: Session | undefined;
  readonly address: string;
  readonly userAgent: string;
  readonly at: Date;
}

/** Counts a beat into the buffer. While Redis is away it is dropped and counted as dropped: a player must go on without us. */
export async function recordBeat(
  service: Service,
  parts: { readonly buffer: BeatBuffer; readonly metrics: BeatMetrics },
  report: BeatReport,
): Promise<void> {
  const { config } = service;
  const { videoId, beat, at } = report;
  const video = await videoSeenBy(service.db, videoId, report.session);
  const viewer = viewerHash(config.VIEWER_SALT, report);
  const source = sourceHash(config.VIEWER_SALT, report);
  const half = video.duration_seconds === null ? Infinity : video.duration_seconds / 2;
  const viewAfterSeconds = Math.min(config.VIEW_MIN_S, half);
  try {
    parts.metrics.counted(await parts.buffer.add({ ...beat, videoId, viewer, source, viewAfterSeconds, at }));
  } catch (error) {
    if (absentDependencyOf(error) !== 'redis') throw error;
    parts.metrics.dropped();
  }
}
