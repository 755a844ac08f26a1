import { mediaUploaded } from '#contracts';
import { open, stat } from 'node:fs/promises';
import { uploadFile, type MediaFolders } from '../disk/media-files.ts';
import { completeUpload, type UploadRow } from '../repository/uploads.ts';
import { ensureVideo, lockVideo } from '../repository/videos.ts';
import type { Service } from '../service.ts';

/** Bytes of an upload that arrived; 0 when its file is not there. */
export async function arrivedBytes(folders: MediaFolders, uploadId: string): Promise<number> {
  return (await stat(uploadFile(folders, uploadId)).catch(() => undefined))?.size ?? 0;
}

/**
 * Makes an upload whose bytes all arrived the original of its video, and tells so; twice is once. Also finds out by itself
 * that bytes are missing. False when they are, or the upload or its video is gone.
 */
export async function finishUpload(service: Service, folders: MediaFolders, upload: UploadRow): Promise<boolean> {
  if (upload.completed_at !== null) return true;
  if ((await arrivedBytes(folders, upload.upload_id)) !== upload.bytes) return false;
  await flush(uploadFile(folders, upload.upload_id));
  return await service.transaction(async (trx) => {
    await ensureVideo(trx, upload.video_id, upload.owner_id);
    if (!(await lockVideo(trx, upload.video_id))) return false;
    const completedAt = new Date();
    const row = await completeUpload(trx, upload.upload_id, completedAt);
    if (row === undefined) return true;
    await service.enqueue(trx, mediaUploaded, {
      id: `uploaded:${row.upload_id}`,
      aggregate: row.video_id,
      data: {
        videoId: row.video_id,
        ownerId: row.owner_id,
        uploadId: row.upload_id,
        fileName: row.file_name,
        bytes: row.bytes,
        quotaBytes: row.bytes,
        uploadedAt: completedAt.toISOString(),
      },
    });
    return true;
  });
}

/** Data that was reported as stored must survive a power failure. */
async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
