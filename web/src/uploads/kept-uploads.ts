/**
 * Uploads that outlive the page, in the local storage: what is needed to show their rows again, to recognise their files and
 * to give back what was typed. The bytes that arrived are the server's to tell.
 */
import type { UploadRow, VideoDetails } from './upload-row.ts';

/** What is kept of a row. */
export type KeptUpload = Pick<UploadRow, 'key' | 'file' | 'videoId' | 'uploadId' | 'details' | 'saved'> & {
  readonly sentBytes: number;
  readonly arrived: boolean;
};

/** Where rows of one user are kept. */
export interface UploadKeeper {
  read(): readonly KeptUpload[];
  write(rows: readonly UploadRow[]): void;
}

/** Keeps rows of a user in a storage that may be closed or full: then they last as long as the page. */
export function uploadKeeper(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  userId: string,
): UploadKeeper {
  const place = `uploads:${userId}`;
  return {
    read() {
      try {
        const kept: unknown = JSON.parse(storage.getItem(place) ?? '[]');
        return Array.isArray(kept) ? kept.filter(isKept) : [];
      } catch {
        return [];
      }
    },
    write(rows) {
      try {
        if (rows.length === 0) storage.removeItem(place);
        else storage.setItem(place, JSON.stringify(rows.map(keptOf)));
      } catch {
        // nothing can be kept; the upload itself goes on
      }
    },
  };
}

/** The row of a kept upload: it asks for its file, or only follows what becomes of it. */
export function recalledRow(kept: KeptUpload): UploadRow {
  const { key, file, videoId, uploadId, details, saved, sentBytes, arrived } = kept;
  return {
    ...{ key, file, videoId, uploadId, details, saved, sentBytes },
    state: arrived ? 'arrived' : 'needs-file',
    bytesPerSecond: undefined,
    failure: undefined,
  };
}

function keptOf(row: UploadRow): KeptUpload {
  const { key, file, videoId, uploadId, details, saved, sentBytes, state } = row;
  return { key, file, videoId, uploadId, details, saved, sentBytes, arrived: state === 'arrived' };
}

function isKept(value: unknown): value is KeptUpload {
  if (!isRecord(value) || typeof value['key'] !== 'string' || typeof value['arrived'] !== 'boolean') return false;
  const { file, details, saved, sentBytes } = value;
  if (!isRecord(file) || typeof file['name'] !== 'string' || typeof file['bytes'] !== 'number') return false;
  if (typeof sentBytes !== 'number' || !isDetails(details)) return false;
  return saved === undefined || isDetails(saved);
}

function isDetails(value: unknown): value is VideoDetails {
  return (
    isRecord(value) && ['title', 'description', 'tags', 'visibility'].every((name) => typeof value[name] === 'string')
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
