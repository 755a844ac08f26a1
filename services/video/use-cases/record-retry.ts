import type { jobRetried } from '#contracts';
import type { DataOf } from '#declare';
import { lockVideo, updateVideo } from '../repository/videos.ts';
import type { Transaction } from '../service.ts';

/** The job was queued again: what failed in an earlier run is forgotten, so the video is processing again. */
export async function recordRetry(trx: Transaction, retried: DataOf<typeof jobRetried>): Promise<void> {
  const row = await lockVideo(trx, retried.videoId);
  if (row === undefined) return;
  const at = new Date(retried.retriedAt);
  const { run } = retried;
  const retry = row.retried_run === null || run > row.retried_run ? { retried_run: run } : {};
  const isOver = row.failed_run === null ? row.failed_at !== null && row.failed_at <= at : row.failed_run < run;
  const forgotten = isOver ? { failed_at: null, failed_run: null, failure_code: null, failure_reason: null } : {};
  await updateVideo(trx, row.id, { ...retry, ...forgotten }, { at, changes: 1 });
}
