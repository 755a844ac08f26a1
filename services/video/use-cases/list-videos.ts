/** Handlers of all routes that answer with a list of videos. */
import { type videoApi, type VideoCard } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import type { CallOf, HandlersOf } from '#services/platform';
import { videoSeenBy } from '../access.ts';
import {
  countTags,
  listBestFitting,
  listGiven,
  listMostViewed,
  listNear,
  listNewest,
  listOwn,
  type PublicFilter,
} from '../repository/lists.ts';
import { searchQueryOf } from '../repository/search-query.ts';
import type { VideoRow } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { agePlace, relevancePlace, viewsPlace } from '../views/list-places.ts';
import { cardOf, ownVideoOf } from '../views/video.ts';

type ListHandlers = Pick<
  HandlersOf<typeof videoApi>,
  'listVideos' | 'listRelated' | 'listFeed' | 'listMyVideos' | 'listChannel' | 'listTags'
>;

interface CardPage {
  readonly items: VideoCard[];
  readonly nextCursor: string | null;
}

interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

const RELATED_VIDEOS = 12;
const SHOWN_TAGS = 50;
const NOTHING: CardPage = { items: [], nextCursor: null };

/** Handlers of the lists. */
export function listHandlersOf(service: Service): ListHandlers {
  const { db } = service;
  const limitOf = ({ limit }: PageQuery): number => Math.min(limit, service.config.PAGE_MAX);

  async function newest(filter: PublicFilter, query: PageQuery): Promise<CardPage> {
    const limit = limitOf(query);
    const after = decodeCursor(agePlace, query.cursor);
    return pageFrom(await listNewest(db, filter, { after, limit: limit + 1 }), limit, cardOf, placeByPublication);
  }

  async function mostViewed(filter: PublicFilter, query: PageQuery): Promise<CardPage> {
    const limit = limitOf(query);
    const after = decodeCursor(viewsPlace, query.cursor);
    const rows = await listMostViewed(db, filter, { after, limit: limit + 1 });
    return pageFrom(rows, limit, cardOf, ({ views, id }) => ({ sort: 'views', views, id }));
  }

  async function bestFitting(filter: PublicFilter & { readonly words: string }, query: PageQuery): Promise<CardPage> {
    const limit = limitOf(query);
    const after = decodeCursor(relevancePlace, query.cursor);
    const rows = await listBestFitting(db, filter, { after, limit: limit + 1 });
    return pageFrom(rows, limit, cardOf, ({ rank, published_at: at, id }) => ({ sort: 'relevance', rank, at, id }));
  }

  async function search({ query, session }: CallOf<typeof videoApi, 'listVideos'>): Promise<CardPage> {
    const { ids, tag, sort } = query;
    if (ids !== undefined) return { ...NOTHING, items: (await listGiven(db, ids, session?.userId)).map(cardOf) };
    const wanted = query.q?.trim() ?? '';
    const words = searchQueryOf(wanted);
    if (wanted !== '' && words === undefined) return NOTHING;
    if (sort === 'views') return await mostViewed({ words, tag }, query);
    if (words === undefined || sort === 'newest') return await newest({ words, tag }, query);
    return await bestFitting({ words, tag }, query);
  }

  return {
    listVideos: search,

    listFeed: async ({ query, session }) => await newest({ followedBy: session.userId }, query),

    listChannel: async ({ params, query }) => await newest({ ownerHandle: params.handle }, query),

    async listMyVideos({ query, session }) {
      const limit = limitOf(query);
      const wanted = query.q?.trim() ?? '';
      const words = searchQueryOf(wanted);
      if (wanted !== '' && words === undefined) return { items: [], nextCursor: null };
      const after = decodeCursor(agePlace, query.cursor);
      const filter = { ownerId: session.userId, state: query.state, words };
      const rows = await listOwn(db, filter, { after, limit: limit + 1 });
      return pageFrom(rows, limit, ownVideoOf, ({ created_at: at, id }) => ({ sort: 'newest', at, id }));
    },

    async listRelated({ params, session }) {
      const video = await videoSeenBy(db, params.videoId, session);
      return { items: (await listNear(db, video, RELATED_VIDEOS)).map(cardOf) };
    },

    listTags: async () => ({ items: await countTags(db, SHOWN_TAGS) }),
  };
}

function placeByPublication({ published_at: at, id }: VideoRow): unknown {
  return { sort: 'newest', at, id };
}
