/** The projection of videos: who owns one and who may see it. */
import type { Visibility } from '#contracts';
import type { Database, Transaction } from '../service.ts';

/** What decides who gets bytes. */
export interface VideoAccess {
  readonly ownerId: string;
  readonly visibility: Visibility;
  /** Whether it has been processed: until then its bytes are its owner's alone. */
  readonly ready: boolean;
}

/** Who may see a video; undefined when it is unknown or deleted. */
export async function findAccess(db: Database, videoId: string): Promise<VideoAccess | undefined> {
  return await db
    .selectFrom('video')
    .select(['owner_id as ownerId', 'visibility'])
    .select(({ exists, selectFrom }) =>
      exists(selectFrom('revision').select('revision').whereRef('revision.video_id', '=', 'video.video_id'))
        .$castTo<boolean>()
        .as('ready'),
    )
    .where('video_id', '=', videoId)
    .where('deleted', '=', false)
    .executeTakeFirst();
}

/** Takes over what video says, unless something newer is known or the video is deleted. */
export async function projectVideo(
  trx: Transaction,
  video: {
    readonly videoId: string;
    readonly ownerId: string;
    readonly visibility: Visibility;
    readonly version: number;
  },
): Promise<void> {
  const { videoId, ownerId, visibility, version } = video;
  await trx
    .insertInto('video')
    .values({ video_id: videoId, owner_id: ownerId, visibility, version })
    .onConflict((conflict) =>
      conflict
        .column('video_id')
        .doUpdateSet({ owner_id: ownerId, visibility, version })
        .where('video.version', '<', version)
        .where('video.deleted', '=', false),
    )
    .execute();
}

/** Makes a video known of which only an upload told; it is private until video says more. */
export async function ensureVideo(trx: Transaction, videoId: string, ownerId: string): Promise<void> {
  await trx
    .insertInto('video')
    .values({ video_id: videoId, owner_id: ownerId, visibility: 'private', version: 0 })
    .onConflict((conflict) => conflict.column('video_id').doNothing())
    .execute();
}

/** Locks a video against deletion; false when it is unknown or deleted. */
export async function lockVideo(trx: Transaction, videoId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('video')
    .select('deleted')
    .where('video_id', '=', videoId)
    .forUpdate()
    .executeTakeFirst();
  return row?.deleted === false;
}

/** Marks a video as deleted permanently, even if it was unknown. From then on its bytes are not served. */
export async function markDeleted(db: Database, videoId: string, ownerId: string): Promise<void> {
  await db
    .insertInto('video')
    .values({ video_id: videoId, owner_id: ownerId, visibility: 'private', version: 0, deleted: true })
    .onConflict((conflict) => conflict.column('video_id').doUpdateSet({ deleted: true, visibility: 'private' }))
    .execute();
}

/** Ids of the videos of an owner that media holds something of. */
export async function videosOf(db: Database, ownerId: string): Promise<string[]> {
  const known = db.selectFrom('video').select('video_id').where('owner_id', '=', ownerId);
  const uploaded = db.selectFrom('upload').select('video_id').where('owner_id', '=', ownerId);
  return (await known.union(uploaded).execute()).map((row) => row.video_id);
}

/** Whether a video is known to be deleted. */
export async function isDeleted(db: Database, videoId: string): Promise<boolean> {
  const row = await db.selectFrom('video').select('deleted').where('video_id', '=', videoId).executeTakeFirst();
  return row?.deleted === true;
}

/** Whether media ever heard of a video, deleted ones among them. */
export async function knowsAnyVideo(db: Database): Promise<boolean> {
  return (await db.selectFrom('video').select('video_id').limit(1).executeTakeFirst()) !== undefined;
}
