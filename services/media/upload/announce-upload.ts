/** The row of an upload, from the request that creates it until its bytes are complete. */
import type { UploadTicket } from '#contracts';
import { HttpError } from '#services/platform';
import { randomBytes } from 'node:crypto';
import { remove, uploadFile, type MediaFolders } from '../disk/media-files.ts';
import { deleteOpenUpload, findUpload, insertUpload, uploadOfVideo } from '../repository/uploads.ts';
import type { Service } from '../service.ts';
import { finishUpload } from './finish-upload.ts';
import { whileNobodyWrites } from './upload-locker.ts';

/**
 * Writes the row of the upload that a ticket allows, and gives its id. A video has one upload: one that was begun is given
 * up for the new one, one that is complete stays.
 */
export async function announceUpload(service: Service, folders: MediaFolders, ticket: UploadTicket): Promise<string> {
  const earlier = await uploadOfVideo(service.db, ticket.videoId);
  if (earlier !== undefined) {
    if (earlier.completed_at !== null || (await finishUpload(service, folders, earlier))) {
      throw new HttpError('conflict', { detail: 'the video already has its file' });
    }
    await giveUpUpload(service, folders, earlier.upload_id);
  }
  return await insertAnnounced(service, ticket);
}

async function insertAnnounced({ db, config }: Service, ticket: UploadTicket): Promise<string> {
  const { videoId, ownerId, fileName, bytes } = ticket;
  const uploadId = randomBytes(16).toString('hex');
  const startedAt = new Date();
  const isFirst = await insertUpload(db, {
    upload_id: uploadId,
    video_id: videoId,
    owner_id: ownerId,
    file_name: fileName,
    bytes,
    metadata: JSON.stringify({}),
    content_type: null,
    started_at: startedAt,
    expires_at: new Date(startedAt.getTime() + config.UPLOAD_EXPIRY_S * 1000),
    completed_at: null,
  });
  if (!isFirst) throw new HttpError('conflict', { detail: 'another upload for this video has just started' });
  return uploadId;
}

/** Forgets an upload and removes its file, unless it is complete. */
export async function giveUpUpload(service: Service, folders: MediaFolders, uploadId: string): Promise<void> {
  await whileNobodyWrites(service, uploadId, async () => {
    await deleteOpenUpload(service.db, uploadId);
    if ((await findUpload(service.db, uploadId)) === undefined) await remove(uploadFile(folders, uploadId));
  });
}
