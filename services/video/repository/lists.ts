/** Lists of videos. Every list has a total order and goes on after the last row shown, so that what is new shifts no page. */
import type { VideoState } from '#contracts';
import { sql } from 'kysely';
import type { Database } from '../service.ts';
import type { AgePlace, RelevancePlace, ViewsPlace } from '../views/list-places.ts';
import { videosWithOwner, type VideoRow } from './videos.ts';

/** Which public videos. */
export interface PublicFilter {
  /** A `tsquery` of the configuration `simple`. */
  readonly words?: string | undefined;
  readonly tag?: string | undefined;
  readonly ownerHandle?: string | undefined;
  /** Only of those whom this user follows. */
  readonly followedBy?: string | undefined;
}

/** A page of a list: what stands after `after`, at most `limit`. */
export interface PageOf<Place> {
  readonly after: Place | undefined;
  readonly limit: number;
}

/** A video with how well it fits the words. */
export type RankedRow = VideoRow & { readonly rank: number };

/** Public videos, the newest first. */
export async function listNewest(db: Database, filter: PublicFilter, page: PageOf<AgePlace>): Promise<VideoRow[]> {
  const { after } = page;
  return await publicVideos(db, filter)
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(video.published_at, video.id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`),
    )
    .orderBy('video.published_at', 'desc')
    .orderBy('video.id', 'desc')
    .limit(page.limit)
    .execute();
}

/** Public videos, the most viewed first. */
export async function listMostViewed(
  db: Database,
  filter: PublicFilter,
  page: PageOf<ViewsPlace>,
): Promise<VideoRow[]> {
  const { after } = page;
  return await publicVideos(db, filter)
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(video.views, video.id) < (${after?.views}::bigint, ${after?.id}::uuid)`),
    )
    .orderBy('video.views', 'desc')
    .orderBy('video.id', 'desc')
    .limit(page.limit)
    .execute();
}

/** Public videos that fit the words, the best first. */
export async function listBestFitting(
  db: Database,
  filter: PublicFilter & { readonly words: string },
  page: PageOf<RelevancePlace>,
): Promise<RankedRow[]> {
  const { after } = page;
  const rank = sql<number>`ts_rank(video.search, to_tsquery('simple', ${filter.words}))`;
  return await publicVideos(db, filter)
    .select(rank.as('rank'))
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(${rank}, video.published_at, video.id) <
          (${after?.rank}::real, ${after?.at}::timestamptz, ${after?.id}::uuid)`,
      ),
    )
    .orderBy('rank', 'desc')
    .orderBy('video.published_at', 'desc')
    .orderBy('video.id', 'desc')
    .limit(page.limit)
    .execute();
}

/** The given videos as far as somebody may see them, in the given order. */
export async function listGiven(
  db: Database,
  ids: readonly string[],
  viewerId: string | undefined,
): Promise<VideoRow[]> {
  const rows = await videosWithOwner(db)
    .where('video.id', 'in', ids)
    .where(({ or, and, eb }) =>
      or([
        and([eb('video.state', '=', 'ready'), eb('video.visibility', 'in', ['public', 'unlisted'])]),
        ...(viewerId === undefined ? [] : [eb('video.owner_id', '=', viewerId)]),
      ]),
    )
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
}

/** All videos of an owner, the newest first. */
export async function listOwn(
  db: Database,
  filter: {
    readonly ownerId: string;
    readonly state?: VideoState | undefined;
    readonly words?: string | undefined;
  },
  page: PageOf<AgePlace>,
): Promise<VideoRow[]> {
  const { after } = page;
  const { ownerId, state, words } = filter;
  return await videosWithOwner(db)
    .where('video.owner_id', '=', ownerId)
    .$if(state !== undefined, (query) => query.where('video.state', '=', state ?? 'draft'))
    .$if(words !== undefined, (query) => query.where(sql<boolean>`video.search @@ to_tsquery('simple', ${words})`))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(video.created_at, video.id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`),
    )
    .orderBy('video.created_at', 'desc')
    .orderBy('video.id', 'desc')
    .limit(page.limit)
    .execute();
}

/** Public videos near to one: those that share most tags, then those of the same owner, then the most viewed. */
export async function listNear(
  db: Database,
  video: Pick<VideoRow, 'id' | 'owner_id' | 'tags'>,
  limit: number,
): Promise<VideoRow[]> {
  const tags = [...video.tags];
  const shared = sql<number>`cardinality(array(select unnest(video.tags) intersect select unnest(${tags}::text[])))`;
  return await publicVideos(db, {})
    .where('video.id', '!=', video.id)
    .orderBy(shared, 'desc')
    .orderBy(sql`(video.owner_id = ${video.owner_id}::uuid)`, 'desc')
    .orderBy('video.views', 'desc')
    .orderBy('video.id', 'desc')
    .limit(limit)
    .execute();
}

/** Tags of public videos, the most used first. */
export async function countTags(db: Database, limit: number): Promise<{ tag: string; videos: number }[]> {
  const { rows } = await sql<{ tag: string; videos: number }>`
    select tag, count(*) as videos
    from video, unnest(tags) as tag
    where processed_at is not null and visibility = 'public'
    group by tag
    order by videos desc, tag
    limit ${limit}`.execute(db);
  return rows;
}

function publicVideos(db: Database, { words, tag, ownerHandle, followedBy }: PublicFilter) {
  return (
    videosWithOwner(db)
      // said like this, and not by `state`, so that the partial indexes serve
      .where('video.processed_at', 'is not', null)
      .where('video.visibility', '=', sql.lit('public'))
      .$if(words !== undefined, (query) => query.where(sql<boolean>`video.search @@ to_tsquery('simple', ${words})`))
      .$if(tag !== undefined, (query) => query.where(sql<boolean>`video.tags @> array[${tag}]::text[]`))
      .$if(ownerHandle !== undefined, (query) => query.where('person.handle', '=', ownerHandle ?? ''))
      .$if(followedBy !== undefined, (query) =>
        query.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('follow')
              .select('follow.followee_id')
              .whereRef('follow.followee_id', '=', 'video.owner_id')
              .where('follow.follower_id', '=', followedBy ?? '')
              .where('follow.follows', '=', true),
          ),
        ),
      )
  );
}
