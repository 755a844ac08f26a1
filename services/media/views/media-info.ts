import type { MediaInfo } from '#contracts';
import type { RevisionRow } from '../repository/revisions.ts';
import type { UploadRow } from '../repository/uploads.ts';

/** The media of a video as the contract shows them: what was uploaded, and what can be played. */
export function mediaInfoOf(
  videoId: string,
  upload: UploadRow | undefined,
  revision: RevisionRow | undefined,
): MediaInfo {
  return { videoId, original: upload ? originalOf(upload) : null, playable: revision ? playableOf(revision) : null };
}

function originalOf(row: UploadRow): MediaInfo['original'] {
  if (row.completed_at === null) return null;
  return {
    fileName: row.file_name,
    bytes: row.bytes,
    contentType: row.content_type ?? 'application/octet-stream',
    uploadedAt: row.completed_at.toISOString(),
  };
}

function playableOf(row: RevisionRow): MediaInfo['playable'] {
  return {
    revision: row.revision,
    durationSeconds: row.duration_seconds,
    width: row.width,
    height: row.height,
    hasAudio: row.has_audio,
    hasPoster: row.has_poster,
    renditions: row.renditions,
  };
}
