import type { mediaFailed } from '#contracts';
import type { DataOf } from '#declare';
import { lockVideo, updateVideo, type VideoRow } from '../repository/videos.ts';
import type { Transaction } from '../service.ts';

/** Why a video was not made, in which run of its job, and when that was known. */
export type Failure = Pick<DataOf<typeof mediaFailed>, 'videoId' | 'run' | 'code' | 'reason' | 'failedAt'>;

/**
 * The file cannot become a video, or its job is dead. A failure of a run before the last retry is no longer true: runs are
 * compared, since the clocks of media and queue may differ.
 */
export async function recordFailure(trx: Transaction, failed: Failure): Promise<void> {
  const row = await lockVideo(trx, failed.videoId);
  if (row === undefined) return;
  const at = new Date(failed.failedAt);
  const { run, code, reason } = failed;
  const failure = { failed_at: at, failed_run: run, failure_code: code, failure_reason: reason };
  await updateVideo(trx, row.id, isNewest(row, { run, at }) ? failure : {}, { at, changes: 1 });
}

function isNewest(
  { failed_at, failed_run, retried_run }: VideoRow,
  { run, at }: { readonly run: number; readonly at: Date },
): boolean {
  if (retried_run !== null && run < retried_run) return false;
  if (failed_run !== null && run !== failed_run) return run > failed_run;
  return failed_at === null || at > failed_at;
}
