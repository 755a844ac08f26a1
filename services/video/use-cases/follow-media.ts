/**
 * What becomes of a video's file. The four states follow from when each was last said, so it does not matter in which order
 * it is heard: what can be watched stays so, and the newest revision is the one that plays. Each message is one change of
 * the version.
 */
import { videoPublished, type mediaFailed, type mediaProcessed, type mediaUploaded } from '#contracts';
import type { DataOf } from '#declare';
import { lockVideo, updateVideo, type VideoRow } from '../repository/videos.ts';
import type { Service, Transaction } from '../service.ts';

/** The file has arrived and waits to be worked on. */
export async function recordUpload(trx: Transaction, uploaded: DataOf<typeof mediaUploaded>): Promise<void> {
  const row = await lockVideo(trx, uploaded.videoId);
  if (row === undefined) return;
  const at = new Date(uploaded.uploadedAt);
  await updateVideo(trx, row.id, { uploaded_at: later(row.uploaded_at, at) }, { at, changes: 1 });
}

/** The file cannot become a video. */
export async function recordFailure(trx: Transaction, failed: DataOf<typeof mediaFailed>): Promise<void> {
  const row = await lockVideo(trx, failed.videoId);
  if (row === undefined) return;
  const at = new Date(failed.failedAt);
  const failure = { failed_at: at, failure_code: failed.code, failure_reason: failed.reason };
  await updateVideo(trx, row.id, isNewer(at, row.failed_at) ? failure : {}, { at, changes: 1 });
}

/** A revision is ready. With the first one the video is published, which is told once. */
export async function recordRevision(
  service: Service,
  trx: Transaction,
  processed: DataOf<typeof mediaProcessed>,
): Promise<void> {
  const row = await lockVideo(trx, processed.videoId);
  if (row === undefined) return;
  const at = new Date(processed.processedAt);
  const newest = isNewer(at, row.processed_at) ? revisionColumns(processed, at) : {};
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

function isNewer(at: Date, known: Date | null): boolean {
  return known === null || at > known;
}

function later(known: Date | null, at: Date): Date {
  return isNewer(at, known) || known === null ? at : known;
}
