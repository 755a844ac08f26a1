import type { mediaApi } from '#contracts';
import type { HandlersOf } from '#services/platform';
import { byteRoutes } from './bytes/byte-routes.ts';
import type { OpenReads } from './bytes/open-reads.ts';
import type { MediaFolders } from './disk/media-files.ts';
import { openUploadsOf } from './repository/uploads.ts';
import type { Service } from './service.ts';
import { arrivedBytes } from './upload/finish-upload.ts';
import { uploadServer } from './upload/upload-server.ts';

/** One handler for each route of media. */
export function handlers(service: Service, folders: MediaFolders, reads: OpenReads): HandlersOf<typeof mediaApi> {
  const uploads = uploadServer(service, folders);
  return {
    createUpload: uploads.create,
    readUploadOffset: uploads.readOffset,
    appendUpload: uploads.append,
    abortUpload: uploads.abort,
    async listMyUploads({ session }) {
      const rows = await openUploadsOf(service.db, session.userId, new Date());
      const items = rows.map(async (row) => ({
        uploadId: row.upload_id,
        videoId: row.video_id,
        fileName: row.file_name,
        bytes: row.bytes,
        offset: await arrivedBytes(folders, row.upload_id),
        startedAt: row.started_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
      }));
      return { items: await Promise.all(items) };
    },
    ...byteRoutes(service, folders, reads),
  };
}
