/** What stats keeps of videos. Every message leads to the same row in whatever order it comes. */
import type { videoDeleted, videoPublished, videoUpdated, videoVisibilityChanged } from '#contracts';
import type { DataOf } from '#declare';
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { VideoTable } from '../tables.ts';

/** A video that was published and is not gone. */
export type PublishedVideo = Selectable<VideoTable> & { readonly title: string; readonly published_at: Date };

/** A video that was published and is not gone; else undefined. */
export async function findPublished(db: Database, videoId: string): Promise<PublishedVideo | undefined> {
  const row = await db
    .selectFrom('video')
    .selectAll()
    .where('video_id', '=', videoId)
    .where('deleted', '=', false)
    .executeTakeFirst();
  const { title, published_at } = row ?? { title: null, published_at: null };
  return row === undefined || title === null || published_at === null ? undefined : { ...row, title, published_at };
}

/** A video can be watched from now on. */
export async function recordPublished(trx: Transaction, published: DataOf<typeof videoPublished>): Promise<void> {
  await recordVisibility(trx, published);
  await recordTitle(trx, published);
  await trx
    .updateTable('video')
    .set({ duration_seconds: published.durationSeconds, published_at: new Date(published.publishedAt) })
    .where('video_id', '=', published.videoId)
    .where('deleted', '=', false)
    .execute();
}

/** It has another title from now on; what was told later holds. */
export async function recordTitle(
  trx: Transaction,
  told: Pick<DataOf<typeof videoUpdated>, 'videoId' | 'ownerId' | 'title' | 'version'>,
): Promise<void> {
  const columns = { title: told.title, title_version: told.version };
  await trx
    .insertInto('video')
    .values({ ...unheardOf(told), ...columns })
    .onConflict((conflict) =>
      conflict
        .column('video_id')
        .doUpdateSet(columns)
        .where('video.title_version', '<', told.version)
        .where('video.deleted', '=', false),
    )
    .execute();
}

/** Others may see it from now on; what was told later holds. */
export async function recordVisibility(
  trx: Transaction,
  told: Pick<DataOf<typeof videoVisibilityChanged>, 'videoId' | 'ownerId' | 'visibility' | 'version'>,
): Promise<void> {
  const columns = { visibility: told.visibility, visibility_version: told.version };
  await trx
    .insertInto('video')
    .values({ ...unheardOf(told), ...columns })
    .onConflict((conflict) =>
      conflict
        .column('video_id')
        .doUpdateSet(columns)
        .where('video.visibility_version', '<', told.version)
        .where('video.deleted', '=', false),
    )
    .execute();
}

/** A video of which nothing else is known: nobody else sees it. */
function unheardOf({ videoId, ownerId }: { readonly videoId: string; readonly ownerId: string }) {
  return { video_id: videoId, owner_id: ownerId, visibility: 'private', visibility_version: 0 } as const;
}

/** A video is gone: its figures go, and what is left of it only says so. */
export async function recordDeleted(trx: Transaction, gone: DataOf<typeof videoDeleted>): Promise<void> {
  await trx
    .insertInto('video')
    .values({ video_id: gone.videoId, owner_id: gone.ownerId, ...REMAINS })
    .onConflict((conflict) => conflict.column('video_id').doUpdateSet(REMAINS))
    .execute();
  await trx.deleteFrom('figure').where('video_id', '=', gone.videoId).execute();
}

/** All videos of an account are gone. */
export async function forgetVideosOf(trx: Transaction, ownerId: string): Promise<void> {
  const gone = await trx
    .updateTable('video')
    .set(REMAINS)
    .where('owner_id', '=', ownerId)
    .where('deleted', '=', false)
    .returning('video_id')
    .execute();
  if (gone.length === 0) return;
  const ids = gone.map(({ video_id }) => video_id);
  await trx.deleteFrom('figure').where('video_id', 'in', ids).execute();
}

const REMAINS = {
  title: null,
  title_version: 0,
  duration_seconds: null,
  published_at: null,
  visibility: 'private',
  visibility_version: 0,
  deleted: true,
  views: 0,
  watch_seconds: 0,
  viewers: 0,
  figures_version: 0,
} as const;

/** Public videos with most views since an instant, the most viewed first. */
export async function listMostViewedSince(
  db: Database,
  since: Date,
  limit: number,
): Promise<{ videoId: string; recentViews: number }[]> {
  return await db
    .selectFrom('figure')
    .innerJoin('video', 'video.video_id', 'figure.video_id')
    .where('figure.hour', '>', since)
    .where('video.visibility', '=', 'public')
    .where('video.published_at', 'is not', null)
    .where('video.deleted', '=', false)
    .groupBy('figure.video_id')
    .having(sql<boolean>`sum(figure.views) > 0`)
    .select(['figure.video_id as videoId', sql<number>`sum(figure.views)::bigint`.as('recentViews')])
    .orderBy('recentViews', 'desc')
    .orderBy('figure.video_id')
    .limit(limit)
    .execute();
}
