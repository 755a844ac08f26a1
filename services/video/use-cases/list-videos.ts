import type { videoApi } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import type { CallOf } from '#services/platform';
import { listBestFitting, listGiven, listMostViewed, type PublicFilter } from '../repository/lists.ts';
import { searchQueryOf } from '../repository/search-query.ts';
import type { Service } from '../service.ts';
import { relevancePlace, viewsPlace, type CardPage, type PageQuery } from '../views/list-places.ts';
import { cardOf } from '../views/video.ts';
import { listNewestVideos } from './list-newest-videos.ts';

const NOTHING: CardPage = { items: [], nextCursor: null };

/** A page of public videos: the given ones, or those that fit a search, by age, views or relevance. */
export async function listVideos(
  service: Service,
  { query, session }: Pick<CallOf<typeof videoApi, 'listVideos'>, 'query' | 'session'>,
): Promise<CardPage> {
  const { ids, tag, sort } = query;
  if (ids !== undefined) return { ...NOTHING, items: (await listGiven(service.db, ids, session?.userId)).map(cardOf) };
  const text = query.q?.trim() ?? '';
  const words = searchQueryOf(text);
  if (text !== '' && words === undefined) return NOTHING;
  if (sort === 'views') return await mostViewed(service, { words, tag }, query);
  if (words === undefined || sort === 'newest')
    return await listNewestVideos(service, { filter: { words, tag }, query });
  return await bestFitting(service, { words, tag }, query);
}

async function mostViewed({ db, config }: Service, filter: PublicFilter, query: PageQuery): Promise<CardPage> {
  const limit = Math.min(query.limit, config.PAGE_MAX);
  const after = decodeCursor(viewsPlace, query.cursor);
  const rows = await listMostViewed(db, filter, { after, limit: limit + 1 });
  return pageFrom(rows, limit, cardOf, ({ views, id }) => ({ sort: 'views', views, id }));
}

async function bestFitting(
  { db, config }: Service,
  filter: PublicFilter & { readonly words: string },
  query: PageQuery,
): Promise<CardPage> {
  const limit = Math.min(query.limit, config.PAGE_MAX);
  const after = decodeCursor(relevancePlace, query.cursor);
  const rows = await listBestFitting(db, filter, { after, limit: limit + 1 });
  return pageFrom(rows, limit, cardOf, ({ rank, published_at: at, id }) => ({ sort: 'relevance', rank, at, id }));
}
