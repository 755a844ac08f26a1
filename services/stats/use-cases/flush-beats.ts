import { viewsRolled, type Totals } from '#contracts';
import type { DataOf } from '#declare';
import type { Batch, BeatBuffer } from '../beats/beat-buffer.ts';
import { addToHours, addToTotals, claimBatch, lockPresent, type HourFigures } from '../repository/figures.ts';
import type { Service, Transaction } from '../service.ts';

type RolledFigures = DataOf<typeof viewsRolled>['videos'][number];

/** Most videos of one message, well below the largest message. */
const VIDEOS_PER_MESSAGE = 1000;

/**
 * Takes what is in the buffer, and applies it and whatever a killed flush left. Its id is written in the transaction of the
 * figures: however many flush at once and wherever one is killed, a batch is applied once. Gives how many batches this call applied.
 */
export async function flushBeats(service: Service, buffer: BeatBuffer, at: Date): Promise<number> {
  let applied = 0;
  for (const id of await buffer.take()) {
    const batch = await buffer.read(id);
    if (batch !== undefined && (await applyBatch(service, batch, at))) applied += 1;
    await buffer.finish(id);
  }
  return applied;
}

/** Adds the figures of a batch and tells of them, once. Gives false when that was done before. */
export async function applyBatch(service: Service, { id, figures }: Batch, at: Date): Promise<boolean> {
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

/** The sum of figures. */
export function sumOf(figures: readonly Totals[]): Totals {
  return figures.reduce(
    (sum, { views, watchSeconds, viewers }) => ({
      views: sum.views + views,
      watchSeconds: sum.watchSeconds + watchSeconds,
      viewers: sum.viewers + viewers,
    }),
    { views: 0, watchSeconds: 0, viewers: 0 },
  );
}
