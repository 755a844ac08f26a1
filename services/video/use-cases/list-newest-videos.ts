import { decodeCursor, pageFrom } from '#runtime';
import { listNewest, type PublicFilter } from '../repository/lists.ts';
import type { Service } from '../service.ts';
import { agePlace, type CardPage, type PageQuery } from '../views/list-places.ts';
import { cardOf } from '../views/video.ts';

/** A page of public videos, the newest first. */
export async function listNewestVideos(
  { db, config }: Service,
  { filter, query }: { readonly filter: PublicFilter; readonly query: PageQuery },
): Promise<CardPage> {
  const limit = Math.min(query.limit, config.PAGE_MAX);
  const after = decodeCursor(agePlace, query.cursor);
  const rows = await listNewest(db, filter, { after, limit: limit + 1 });
  return pageFrom(rows, limit, cardOf, ({ published_at: at, id }) => ({ sort: 'newest', at, id }));
}
