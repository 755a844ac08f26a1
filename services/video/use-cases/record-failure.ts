import type { mediaFailed } from '#contracts';
import type { DataOf } from '#declare';
import { lockVideo, updateVideo } from '../repository/videos.ts';
import type { Transaction } from '../service.ts';

/** The file cannot become a video. */
export async function recordFailure(trx: Transaction, failed: DataOf<typeof mediaFailed>): Promise<void> {
  const row = await lockVideo(trx, failed.videoId);
  if (row === undefined) return;
  const at = new Date(failed.failedAt);
  const failure = { failed_at: at, failure_code: failed.code, failure_reason: failed.reason };
  const isNewer = row.failed_at === null || at > row.failed_at;
  await updateVideo(trx, row.id, isNewer ? failure : {}, { at, changes: 1 });
}
