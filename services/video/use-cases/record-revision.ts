/**
 * The four states of a video follow from when each was last reported, so events may arrive in any order: a video that can be
 * watched stays so, and the newest revision plays. Each event is one change of the version.
 */
import { videoPublished, type mediaProcessed } from '#contracts';
import type { DataOf } from '#declare';
import { lockVideo, updateVideo, type VideoRow } from '../repository/videos.ts';
import type { Service, Transaction } from '../service.ts';

/** A revision is ready. With the first one the video is published, which is told once. */
export async function recordRevision(
  service: Service,
  trx: Transaction,
  processed: DataOf<typeof mediaProcessed>,
): Promise<void> {
  const row = await lockVideo(trx, processed.videoId);
  if (row === undefined) return;
  const at = new Date(processed.processedAt);
  const isNewer = row.processed_at === null || at > row.processed_at;
  const newest = isNewer ? revisionColumns(processed, at) : {};
  const published = row.published_at === null || row.published_at > at ? { published_at: at } : {};
  await updateVideo(trx, row.id, { ...newest, ...published }, { at, changes: 1 });
  if (row.published_at === null) await tellPublished(service, trx, row, processed);
}

async function tellPublished(
  service: Service,
  trx: Transaction,
  before: VideoRow,
  processed: DataOf<typeof mediaProcessed>,
): Promise<void> {
  await service.enqueue(trx, videoPublished, {
    aggregate: before.id,
    data: {
      videoId: before.id,
      ownerId: before.owner_id,
      version: before.version + 1,
      ownerHandle: before.handle ?? 'unknown',
      ownerDisplayName: before.display_name ?? 'unknown',
      title: before.title,
      visibility: before.visibility,
      durationSeconds: processed.durationSeconds,
      revision: processed.revision,
      publishedAt: processed.processedAt,
    },
  });
}

function revisionColumns(processed: DataOf<typeof mediaProcessed>, at: Date) {
  return {
    processed_at: at,
    revision: processed.revision,
    duration_seconds: processed.durationSeconds,
    width: processed.width,
    height: processed.height,
    has_audio: processed.hasAudio,
    has_poster: processed.hasPoster,
    renditions: JSON.stringify(processed.renditions),
    remarks: JSON.stringify(processed.remarks ?? []),
  };
}
