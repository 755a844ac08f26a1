/** @tus/server as media runs it: it moves the bytes of an upload, as a stream, into the upload's file. */
import { HttpError } from '#services/platform';
import { Server } from '@tus/server';
import { hasRoom } from '../disk/disk-floor.ts';
import type { MediaFolders } from '../disk/media-files.ts';
import { findUpload } from '../repository/uploads.ts';
import type { Service } from '../service.ts';
import { finishUpload } from './finish-upload.ts';
import { tusProblem } from './tus-problem.ts';
import { uploadFiles } from './upload-files.ts';
import { uploadLocker } from './upload-locker.ts';

const UPLOADS_PATH = '/api/media/uploads';
/** Time in which a request that is asked to let go of its upload writes what it has. */
const LOCK_DRAIN_MS = 500;

/** Makes the server. `announcedIds` has the id of the upload that a request was announced to create. */
export function tusServer(
  service: Service,
  folders: MediaFolders,
  announcedIds: { get(request: object): string | undefined },
): Server {
  const { db, config } = service;
  return new Server({
    path: UPLOADS_PATH,
    relativeLocation: true,
    datastore: uploadFiles(db, folders, config.UPLOAD_EXPIRY_S),
    locker: uploadLocker(service.redis, config.REDIS_PREFIX),
    lockDrainTimeout: LOCK_DRAIN_MS,
    maxSize: config.UPLOAD_MAX_BYTES,
    allowedOrigins: () => false,
    disableTerminationForFinishedUploads: true,
    namingFunction: (request) => {
      const id = announcedIds.get(request.runtime?.node?.req ?? {});
      if (id === undefined) throw new Error('an upload has no id because it was not announced');
      return id;
    },
    onUploadFinish: async (_request, { id }) => {
      const row = await findUpload(db, id);
      if (row !== undefined && (await finishUpload(service, folders, row))) return {};
      throw new HttpError('upload_expired', { detail: 'its video was deleted' });
    },
    onResponseError: async (_request, error) => {
      throw await tusProblem(error, async () => !(await hasRoom(folders.uploads, config.DISK_FLOOR_BYTES, 0)));
    },
  });
}
