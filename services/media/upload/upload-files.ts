import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import type { MediaFolders } from '../disk/media-files.ts';
import { deleteOpenUpload, findUpload } from '../repository/uploads.ts';
import type { Database } from '../service.ts';

/** Files of uploads as @tus/server wants them; the data about an upload is in the database, not beside its file. */
export function uploadFiles(db: Database, folders: MediaFolders, expirySeconds: number): FileStore {
  return new FileStore({
    directory: folders.uploads,
    expirationPeriodInMilliseconds: expirySeconds * 1000,
    configstore: {
      async get(id) {
        const row = await findUpload(db, id);
        if (row === undefined) return undefined;
        const { bytes, metadata, started_at } = row;
        return new Upload({ id, size: bytes, offset: 0, metadata, creation_date: started_at.toISOString() });
      },
      async set(id, { metadata }) {
        const kept = JSON.stringify(metadata ?? {});
        await db.updateTable('upload').set({ metadata: kept }).where('upload_id', '=', id).execute();
      },
      delete: async (id) => await deleteOpenUpload(db, id),
    },
  });
}
