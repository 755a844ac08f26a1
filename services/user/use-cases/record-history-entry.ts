/** What somebody watched, and where it was left. */
import type { HistoryEntry } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import { HttpError, type Session } from '#services/platform';
import { z } from 'zod';
import { findWatched, listWatched, recordWatched, type WatchedRow } from '../repository/history.ts';
import { findSettings } from '../repository/settings.ts';
import type { Service, Database } from '../service.ts';
import { ownProfile } from './record-account.ts';

const place = z.object({ watchedAt: z.coerce.date(), videoId: z.uuid() });

/** Remembers where a video was left, unless its owner wants nothing remembered. */
export async function recordHistoryEntry(
  service: Service,
  session: Session,
  videoId: string,
  { positionSeconds, durationSeconds }: { readonly positionSeconds: number; readonly durationSeconds: number },
): Promise<void> {
  const { user_id } = await ownProfile(service, session);
  const settings = await findSettings(service.db, user_id);
  if (settings === undefined) throw new HttpError('no_session');
  if (!settings.keepHistory) return;
  const watched = {
    user_id,
    video_id: videoId,
    position_seconds: positionSeconds,
    duration_seconds: durationSeconds,
    watched_at: new Date(),
  };
  await recordWatched(service.db, watched, service.config.HISTORY_MAX);
}

/** Watched videos, the latest first. */
export async function readHistory(
  db: Database,
  userId: string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
) {
  const rows = await listWatched(db, userId, { after: decodeCursor(place, cursor), limit: limit + 1 });
  return pageFrom(rows, limit, entryOf, (row) => ({ watchedAt: row.watched_at, videoId: row.video_id }));
}

/** Where a video was left; null when it was not watched. */
export async function readHistoryEntry(db: Database, userId: string, videoId: string): Promise<HistoryEntry | null> {
  const row = await findWatched(db, userId, videoId);
  return row === undefined ? null : entryOf(row);
}

function entryOf(row: WatchedRow): HistoryEntry {
  return {
    videoId: row.video_id,
    positionSeconds: row.position_seconds,
    durationSeconds: row.duration_seconds,
    watchedAt: row.watched_at.toISOString(),
  };
}
