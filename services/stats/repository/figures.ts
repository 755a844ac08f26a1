import type { Totals } from '#contracts';
import { sql, type Expression, type SqlBool } from 'kysely';
import type { Database, Transaction } from '../service.ts';

/** Figures of a video in one hour. */
export interface HourFigures extends Totals {
  readonly videoId: string;
  readonly hour: Date;
}

/** Figures of one day in UTC. */
export interface DayFigures extends Totals {
  readonly date: string;
}

/** Figures of a video ever, after a batch was added. */
export interface RolledVideo {
  readonly video_id: string;
  readonly owner_id: string;
  readonly views: number;
  readonly figures_version: number;
}

/** Whose figures: of one video, or of all of an owner. */
export type FigureSource = { readonly videoId: string } | { readonly ownerId: string };

const DAY_FORMAT = 'YYYY-MM-DD';
/** A statement has at most 65,535 parameters. */
const ROWS_PER_STATEMENT = 5000;

/** Notes that a batch is applied. Gives false when it was already. Another who applies it now is waited for. */
export async function claimBatch(trx: Transaction, batchId: string, at: Date): Promise<boolean> {
  const claimed = await trx
    .insertInto('applied_batch')
    .values({ batch_id: batchId, applied_at: at })
    .onConflict((conflict) => conflict.column('batch_id').doNothing())
    .returning('batch_id')
    .executeTakeFirst();
  return claimed !== undefined;
}

/** Forgets batches that were applied before an instant. */
export async function forgetBatches(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('applied_batch').where('applied_at', '<', before).execute();
}

/** Those of the given videos that are not gone, locked in one order so that two batches do not wait for each other. */
export async function lockPresent(trx: Transaction, videoIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom('video')
    .select('video_id')
    .where('video_id', '=', sql<string>`any(${videoIds}::uuid[])`)
    .where('deleted', '=', false)
    .orderBy('video_id')
    .forUpdate()
    .execute();
  return new Set(rows.map(({ video_id }) => video_id));
}

/** Adds figures to their hour. */
export async function addToHours(trx: Transaction, figures: readonly HourFigures[]): Promise<void> {
  for (let first = 0; first < figures.length; first += ROWS_PER_STATEMENT) {
    await addSomeToHours(trx, figures.slice(first, first + ROWS_PER_STATEMENT));
  }
}

async function addSomeToHours(trx: Transaction, figures: readonly HourFigures[]): Promise<void> {
  await trx
    .insertInto('figure')
    .values(
      figures.map(({ videoId, hour, views, watchSeconds, viewers }) => ({
        ...{ video_id: videoId, hour, views, viewers },
        watch_seconds: watchSeconds,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['video_id', 'hour']).doUpdateSet({
        views: sql<number>`figure.views + excluded.views`,
        watch_seconds: sql<number>`figure.watch_seconds + excluded.watch_seconds`,
        viewers: sql<number>`figure.viewers + excluded.viewers`,
      }),
    )
    .execute();
}

/** Adds figures to the totals of a video. Gives what they come to. */
export async function addToTotals(trx: Transaction, videoId: string, added: Totals): Promise<RolledVideo> {
  return await trx
    .updateTable('video')
    .set({
      views: sql<number>`views + ${added.views}`,
      watch_seconds: sql<number>`watch_seconds + ${added.watchSeconds}`,
      viewers: sql<number>`viewers + ${added.viewers}`,
      figures_version: sql<number>`figures_version + 1`,
    })
    .where('video_id', '=', videoId)
    .returning(['video_id', 'owner_id', 'views', 'figures_version'])
    .executeTakeFirstOrThrow();
}

/** Figures by day from one instant to before another; days without any are left out. */
export async function figuresByDay(
  db: Database,
  source: FigureSource,
  period: { readonly from: Date; readonly until: Date },
): Promise<DayFigures[]> {
  const date = sql<string>`to_char(figure.hour at time zone 'UTC', ${sql.lit(DAY_FORMAT)})`;
  return await db
    .selectFrom('figure')
    .innerJoin('video', 'video.video_id', 'figure.video_id')
    .where('video.deleted', '=', false)
    .where('figure.hour', '>=', period.from)
    .where('figure.hour', '<', period.until)
    .where('videoId' in source ? sql<SqlBool>`video.video_id = ${source.videoId}` : ownedBy(source.ownerId))
    .groupBy(date)
    .select([date.as('date'), ...SUMS])
    .execute();
}

/** Figures of each published video of an owner in a period, the most viewed first. */
export async function figuresByVideo(
  db: Database,
  ownerId: string,
  period: { readonly from: Date; readonly until: Date },
): Promise<(Totals & { readonly videoId: string; readonly title: string })[]> {
  return await db
    .selectFrom('video')
    .leftJoin('figure', (join) =>
      join
        .onRef('figure.video_id', '=', 'video.video_id')
        .on('figure.hour', '>=', period.from)
        .on('figure.hour', '<', period.until),
    )
    .where(ownedBy(ownerId))
    .where('video.deleted', '=', false)
    .where('video.published_at', 'is not', null)
    .groupBy('video.video_id')
    .select(['video.video_id as videoId', sql<string>`video.title`.as('title'), ...SUMS])
    .orderBy('views', 'desc')
    .orderBy('video.published_at', 'desc')
    .orderBy('video.video_id')
    .execute();
}

const SUMS = [
  sql<number>`coalesce(sum(figure.views), 0)::bigint`.as('views'),
  sql<number>`coalesce(sum(figure.watch_seconds), 0)`.as('watchSeconds'),
  sql<number>`coalesce(sum(figure.viewers), 0)::bigint`.as('viewers'),
] as const;

function ownedBy(ownerId: string): Expression<SqlBool> {
  return sql<SqlBool>`video.owner_id = ${ownerId}`;
}
