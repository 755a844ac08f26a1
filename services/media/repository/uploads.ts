import type { Insertable, Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { UploadTable } from '../tables.ts';

/** An upload as stored in the table. */
export type UploadRow = Selectable<UploadTable>;

/** Writes a new upload. False when the video has another one. */
export async function insertUpload(db: Database, row: Insertable<UploadTable>): Promise<boolean> {
  const inserted = await db
    .insertInto('upload')
    .values(row)
    .onConflict((conflict) => conflict.column('video_id').doNothing())
    .returning('upload_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** An upload, complete or not. */
export async function findUpload(db: Database, uploadId: string): Promise<UploadRow | undefined> {
  return await db.selectFrom('upload').selectAll().where('upload_id', '=', uploadId).executeTakeFirst();
}

/** The upload of a video, complete or not. */
export async function uploadOfVideo(db: Database, videoId: string): Promise<UploadRow | undefined> {
  return await db.selectFrom('upload').selectAll().where('video_id', '=', videoId).executeTakeFirst();
}

/** Uploads of an owner that are not complete and go on, the newest first. */
export async function openUploadsOf(db: Database, ownerId: string, now: Date): Promise<UploadRow[]> {
  return await db
    .selectFrom('upload')
    .selectAll()
    .where('owner_id', '=', ownerId)
    .where('completed_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('started_at', 'desc')
    .execute();
}

/** All uploads that are not complete. */
export async function openUploads(db: Database): Promise<UploadRow[]> {
  return await db.selectFrom('upload').selectAll().where('completed_at', 'is', null).execute();
}

/** Marks an upload as complete; gives it back once, and undefined when it was complete already or is gone. */
export async function completeUpload(
  trx: Transaction,
  uploadId: string,
  completedAt: Date,
): Promise<UploadRow | undefined> {
  return await trx
    .updateTable('upload')
    .set({ completed_at: completedAt })
    .where('upload_id', '=', uploadId)
    .where('completed_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** Keeps the media type that the worker found. */
export async function setContentType(trx: Transaction, uploadId: string, contentType: string): Promise<void> {
  await trx.updateTable('upload').set({ content_type: contentType }).where('upload_id', '=', uploadId).execute();
}

/** Forgets an upload that is not complete. */
export async function deleteOpenUpload(db: Database, uploadId: string): Promise<void> {
  await db.deleteFrom('upload').where('upload_id', '=', uploadId).where('completed_at', 'is', null).execute();
}

/** Forgets the upload of a video; gives the bytes that counted against its owner's quota. */
export async function deleteUploadOfVideo(trx: Transaction, videoId: string): Promise<number> {
  const row = await trx
    .deleteFrom('upload')
    .where('video_id', '=', videoId)
    .returning(['bytes', 'completed_at'])
    .executeTakeFirst();
  return row === undefined || row.completed_at === null ? 0 : row.bytes;
}
