import type { media } from '#catalog';
import { mediaApi, sessionRevoked } from '#contracts';
import type { HandlersOf, ServicePlan } from '#runtime';
import { byteRoutes } from './bytes/byte-routes.ts';
import { openReads } from './bytes/open-reads.ts';
import { mediaConsumers } from './consumers.ts';
import { diskDependency } from './disk-dependency.ts';
import { makeFolders, mediaFolders } from './media-files.ts';
import type { MediaService } from './media-service.ts';
import { mediaMigrations } from './migrations.ts';
import { openUploadsOf } from './repository/upload-repository.ts';
import { sweep, sweepLoop } from './sweep.ts';
import type { MediaTables } from './tables.ts';
import { arrivedBytes } from './upload/finish-upload.ts';
import { uploadServer } from './upload/upload-server.ts';

/** What media is made of. */
export const mediaPlan: ServicePlan<typeof media, typeof mediaApi, MediaTables> = {
  api: mediaApi,
  migrations: mediaMigrations,
  async build(service) {
    const folders = mediaFolders(service.config);
    await makeFolders(folders);
    await sweep(service, folders, new Date());
    const reads = openReads();
    return {
      handlers: mediaHandlers(service, folders, reads),
      consumers: mediaConsumers(service, folders),
      hearings: [service.hear(sessionRevoked, ({ data }) => reads.cut(data.sessionIds))],
      loops: [sweepLoop(service, folders)],
      dependencies: [diskDependency(folders.hls, service.config.DISK_FLOOR_BYTES)],
    };
  },
};

function mediaHandlers(
  service: MediaService,
  folders: ReturnType<typeof mediaFolders>,
  reads: ReturnType<typeof openReads>,
): HandlersOf<typeof mediaApi> {
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
