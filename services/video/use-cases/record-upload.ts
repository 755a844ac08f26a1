import type { mediaUploaded } from '#contracts';
import type { DataOf } from '#declare';
import { lockVideo, updateVideo } from '../repository/videos.ts';
import type { Transaction } from '../service.ts';

/** The file has arrived and waits to be worked on. */
export async function recordUpload(trx: Transaction, uploaded: DataOf<typeof mediaUploaded>): Promise<void> {
  const row = await lockVideo(trx, uploaded.videoId);
  if (row === undefined) return;
  const at = new Date(uploaded.uploadedAt);
  const later = row.uploaded_at !== null && row.uploaded_at >= at ? row.uploaded_at : at;
  await updateVideo(trx, row.id, { uploaded_at: later }, { at, changes: 1 });
}
