import { mediaDeleted } from '#contracts';
import { pathWithin, remove, uploadFile, type MediaFolders } from '../disk/media-files.ts';
import { deleteRevisions } from '../repository/revisions.ts';
import { deleteUploadOfVideo, uploadOfVideo } from '../repository/uploads.ts';
import { lockVideo, markDeleted } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { whileNobodyWrites } from '../upload/upload-locker.ts';

/**
 * Removes all bytes of a video and tells so. First nobody is given them any more, then the files go, then what is known of
 * them: killed in between, it is simply done again.
 */
export async function deleteMedia(
  service: Service,
  folders: MediaFolders,
  { videoId, ownerId }: { readonly videoId: string; readonly ownerId: string },
): Promise<void> {
  await markDeleted(service.db, videoId, ownerId);
  const upload = await uploadOfVideo(service.db, videoId);
  if (upload !== undefined) {
    await whileNobodyWrites(service, upload.upload_id, async () => await remove(uploadFile(folders, upload.upload_id)));
  }
  await remove(pathWithin(folders.hls, videoId));
  await service.transaction(async (trx) => {
    // a worker that writes its revision down at this moment has ended with it, or sees the deletion
    await lockVideo(trx, videoId);
    const quotaBytes = await deleteUploadOfVideo(trx, videoId);
    const revisions = await deleteRevisions(trx, videoId);
    if (quotaBytes === 0 && revisions === 0) return;
    await service.enqueue(trx, mediaDeleted, {
      id: `deleted:${videoId}`,
      aggregate: videoId,
      data: { videoId, ownerId, quotaBytes, deletedAt: new Date().toISOString() },
    });
  });
  await remove(pathWithin(folders.hls, videoId));
}
