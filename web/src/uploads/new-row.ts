import type { OpenUpload } from '#contracts';
import { call, videoApi } from '../api/index.ts';
import { tagsText } from '../format/tags.ts';
import { markOf, type UploadRow, type VideoDetails } from './upload-row.ts';

const NOTHING_SENT = { sentBytes: 0, bytesPerSecond: undefined, failure: undefined } as const;

/** The row of a file that was just chosen. */
export function newRow(key: string, file: File, details: VideoDetails): UploadRow {
  const unknown = { videoId: undefined, uploadId: undefined, saved: undefined } as const;
  return { ...NOTHING_SENT, ...unknown, key, file: markOf(file), details, state: 'preparing' };
}

/** The row of an upload that was begun in another browser; undefined when its video cannot be read. */
export async function rowFromServer(open: OpenUpload): Promise<UploadRow | undefined> {
  const { uploadId, videoId, fileName, bytes, offset } = open;
  const video = await call(videoApi, 'readVideo', { params: { videoId } }).catch(() => undefined);
  if (video === undefined) return undefined;
  const { title, description, tags, visibility } = video;
  const details = { title, description, tags: tagsText(tags), visibility };
  return {
    ...NOTHING_SENT,
    ...{ key: crypto.randomUUID(), videoId, uploadId, details, saved: details },
    file: { name: fileName, bytes, lastModified: null },
    sentBytes: offset,
    state: 'needs-file',
  };
}
