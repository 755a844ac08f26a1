import type { HistoryEntry } from '#contracts';
import type { WatchedRow } from '../repository/history.ts';

/** A watched video as the contract shows it. */
export function historyEntryOf(row: WatchedRow): HistoryEntry {
  return {
    videoId: row.video_id,
    positionSeconds: row.position_seconds,
    durationSeconds: row.duration_seconds,
    watchedAt: row.watched_at.toISOString(),
  };
}
