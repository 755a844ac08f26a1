import type { OpenUpload, OwnVideo } from '#contracts';
import type { VideoDetails } from '../video-details/video-details.ts';
import type { FileMark, UploadRow } from './upload-row.ts';

const NOTHING_SENT = { sentBytes: 0, bytesPerSecond: undefined, failure: undefined } as const;

/** The row of a file that was just chosen. */
export function newRow(key: string, file: FileMark, details: VideoDetails): UploadRow {
  const unknown = { videoId: undefined, uploadId: undefined, saved: undefined } as const;
  return { ...NOTHING_SENT, ...unknown, key, addedAt: Date.now(), file, details, state: 'preparing' };
}

/** The row of a draft that another browser began, and of its open upload when bytes went already. */
export function draftRow(
  { videoId, fileName, bytes, createdAt }: OwnVideo,
  details: VideoDetails,
  open: OpenUpload | undefined,
): UploadRow {
  return {
    ...NOTHING_SENT,
    // the same in each tab
    ...{ key: videoId, addedAt: Date.parse(createdAt), videoId, details, saved: details },
    file: { name: fileName, bytes, lastModified: null },
    uploadId: open?.uploadId,
    sentBytes: open?.offset ?? 0,
    state: 'needs-file',
  };
}
