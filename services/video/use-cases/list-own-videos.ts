import type { OwnVideo, VideoState } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import { listOwn } from '../repository/lists.ts';
import { searchQueryOf } from '../repository/search-query.ts';
import type { Service } from '../service.ts';
import { agePlace, type PageQuery } from '../views/list-places.ts';
import { ownVideoOf } from '../views/video.ts';

/** A page of the owner's videos in any state, the newest first. */
export async function listOwnVideos(
  { db, config }: Service,
  wish: {
    readonly ownerId: string;
    readonly query: PageQuery & { readonly q?: string | undefined; readonly state?: VideoState | undefined };
  },
): Promise<{ readonly items: OwnVideo[]; readonly nextCursor: string | null }> {
  const { ownerId, query } = wish;
  const limit = Math.min(query.limit, config.PAGE_MAX);
  const text = query.q?.trim() ?? '';
  const words = searchQueryOf(text);
  if (text !== '' && words === undefined) return { items: [], nextCursor: null };
  const after = decodeCursor(agePlace, query.cursor);
  const rows = await listOwn(db, { ownerId, state: query.state, words }, { after, limit: limit + 1 });
  return pageFrom(rows, limit, ownVideoOf, ({ created_at: at, id }) => ({ sort: 'newest', at, id }));
}
