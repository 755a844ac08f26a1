import { cursorInstant, type HistoryEntry } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import { z } from 'zod';
import { listWatched } from '../repository/history.ts';
import type { Service } from '../service.ts';
import { historyEntryOf } from '../views/history-entry.ts';

const place = z.object({ watchedAt: cursorInstant.transform((text) => new Date(text)), videoId: z.uuid() });

/** A page of watched videos, the latest first. */
export async function listHistory(
  { db }: Service,
  query: { readonly userId: string; readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ readonly items: HistoryEntry[]; readonly nextCursor: string | null }> {
  const { userId, cursor, limit } = query;
  const rows = await listWatched(db, userId, { after: decodeCursor(place, cursor), limit: limit + 1 });
  return pageFrom(rows, limit, historyEntryOf, (row) => ({ watchedAt: row.watched_at, videoId: row.video_id }));
}
