/**
 * Uploads that outlive the page, each under a name of its own in the storage that all tabs share: what is needed to show their
 * rows again, to recognise their files and to restore what was typed. The server tells how many bytes arrived.
 */
import type { ValueStore } from '../browser-storage.ts';
import type { VideoDetails } from '../video-details/video-details.ts';
import type { UploadRow } from './upload-row.ts';

/** What is kept of a row. */
export type KeptUpload = Pick<
  UploadRow,
  'key' | 'addedAt' | 'file' | 'videoId' | 'uploadId' | 'details' | 'saved' | 'sentBytes'
> & { readonly arrived: boolean };

/** The kept rows of one user. */
export interface UploadKeeper {
  /** All of them, in the order in which they were added. */
  read(): readonly KeptUpload[];
  write(row: UploadRow): void;
  remove(key: string): void;
  /** What another tab did, by the name and the value that the browser's event tells; undefined when it is about no row of this user. */
  changeIn(name: string | null, value: string | null): { readonly key: string; readonly kept?: KeptUpload } | undefined;
}

/** Keeps the rows of a user. */
export function uploadKeeper(store: ValueStore, userId: string): UploadKeeper {
  const prefix = `upload:${userId}:`;
  return {
    read: () =>
      store
        .names()
        .filter((name) => name.startsWith(prefix))
        .map((name) => parsed(store.get(name)))
        .filter((kept) => kept !== undefined)
        .sort((one, other) => one.addedAt - other.addedAt),
    write: (row) => store.set(prefix + row.key, JSON.stringify(keptOf(row))),
    remove: (key) => store.remove(prefix + key),
    changeIn(name, value) {
      if (!name?.startsWith(prefix)) return undefined;
      const key = name.slice(prefix.length);
      const kept = parsed(value);
      return kept === undefined ? { key } : { key, kept };
    },
  };
}

/** The row of a kept upload: it asks for its file, or only follows what becomes of it. */
export function recalledRow({ arrived, ...kept }: KeptUpload): UploadRow {
  return { ...kept, state: arrived ? 'arrived' : 'needs-file', bytesPerSecond: undefined, failure: undefined };
}

function keptOf(row: UploadRow): KeptUpload {
  const { key, addedAt, file, videoId, uploadId, details, saved, sentBytes, state } = row;
  return { key, addedAt, file, videoId, uploadId, details, saved, sentBytes, arrived: state === 'arrived' };
}

function parsed(text: string | null): KeptUpload | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isKept(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isKept(value: unknown): value is KeptUpload {
  if (!isRecord(value) || typeof value['key'] !== 'string' || typeof value['arrived'] !== 'boolean') return false;
  const { file, details, saved, sentBytes, addedAt } = value;
  if (!isRecord(file) || typeof file['name'] !== 'string' || typeof file['bytes'] !== 'number') return false;
  if (typeof sentBytes !== 'number' || typeof addedAt !== 'number' || !isDetails(details)) return false;
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
