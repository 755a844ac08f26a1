import { viewsRolled } from '#contracts';
import type { DataOf } from '#declare';
import type { Batch } from '../beats/beat-buffer.ts';
import { addToHours, addToTotals, claimBatch, lockPresent, type HourFigures } from '../repository/figures.ts';
import type { Service, Transaction } from '../service.ts';
import { sumOf } from '../views/totals.ts';

type RolledFigures = DataOf<typeof viewsRolled>['videos'][number];

/** Most videos of one message, well below the largest message. */
const VIDEOS_PER_MESSAGE = 1000;

/** Adds the figures of a batch and publishes them, once. Returns false if that was done before. */
export async function applyBatch(
  service: Service,
  { batch: { id, figures }, at }: { readonly batch: Batch; readonly at: Date },
): Promise<boolean> {
  return await service.transaction(async (trx) => {
    if (!(await claimBatch(trx, id, at))) return false;
    const present = await lockPresent(trx, [...new Set(figures.map(({ videoId }) => videoId))]);
    const kept = figures.filter(({ videoId }) => present.has(videoId));
    if (kept.length === 0) return true;
    await addToHours(trx, kept);
    await tell(service, trx, { id, at, videos: await rollUp(trx, kept) });
    return true;
  });
}

async function rollUp(trx: Transaction, figures: readonly HourFigures[]): Promise<RolledFigures[]> {
  const rolled: RolledFigures[] = [];
  for (const videoId of [...new Set(figures.map((hour) => hour.videoId))].sort()) {
    const added = sumOf(figures.filter((hour) => hour.videoId === videoId));
    const row = await addToTotals(trx, videoId, added);
    rolled.push({
      videoId,
      ownerId: row.owner_id,
      version: row.figures_version,
      views: added.views,
      watchSeconds: added.watchSeconds,
      totalViews: row.views,
    });
  }
  return rolled;
}

async function tell(
  service: Service,
  trx: Transaction,
  batch: { readonly id: string; readonly at: Date; readonly videos: readonly RolledFigures[] },
): Promise<void> {
  const { id: batchId, at, videos } = batch;
  for (let first = 0; first < videos.length; first += VIDEOS_PER_MESSAGE) {
    await service.enqueue(trx, viewsRolled, {
      id: `${batchId}:${first}`,
      aggregate: batchId,
      time: at,
      data: { batchId, videos: videos.slice(first, first + VIDEOS_PER_MESSAGE), rolledAt: at.toISOString() },
    });
  }
}
