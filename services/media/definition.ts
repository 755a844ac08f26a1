import type { media } from '#catalog';
import { mediaApi, sessionRevoked } from '#contracts';
import type { HandlersOf, ServicePlan } from '#runtime';
import { byteRoutes } from './bytes/byte-routes.ts';
import { openReads } from './bytes/open-reads.ts';
import { mediaConsumers, type JobPatience } from './consumers.ts';
import { diskDependency } from './disk/disk-dependency.ts';
import { makeFolders, mediaFolders } from './disk/media-files.ts';
import type { MediaService } from './service.ts';
import { mediaMigrations } from './migrations.ts';
import { openUploadsOf } from './repository/uploads.ts';
import { sweep, sweepLoop } from './use-cases/sweep-storage.ts';
import type { MediaTables } from './tables.ts';
import { arrivedBytes } from './upload/finish-upload.ts';
import { uploadServer } from './upload/upload-server.ts';

/** What media is made of. */
export type MediaPlan = ServicePlan<typeof media, typeof mediaApi, MediaTables>;

/** What media is made of, with how long a job waits after each failure. */
export function mediaPlanWith(patience: JobPatience): MediaPlan {
  return {
    api: mediaApi,
    migrations: mediaMigrations,
    async build(service) {
      const folders = mediaFolders(service.config);
      await makeFolders(folders);
      await sweep(service, folders, new Date());
      const reads = openReads();
      return {
        handlers: mediaHandlers(service, folders, reads),
        consumers: mediaConsumers(service, folders, patience),
        hearings: [service.hear(sessionRevoked, ({ data }) => reads.cut(data.sessionIds))],
        loops: [sweepLoop(service, folders)],
        dependencies: [diskDependency(folders.hls, service.config.DISK_FLOOR_BYTES)],
      };
    },
  };
}

/** What media is made of, as it is declared. */
export const mediaPlan = mediaPlanWith({});

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
