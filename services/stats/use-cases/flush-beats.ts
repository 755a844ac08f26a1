import type { BeatBuffer } from '../beats/beat-buffer.ts';
import type { Service } from '../service.ts';
import { applyBatch } from './apply-batch.ts';

/**
 * Takes what is in the buffer, and applies it and whatever a killed flush left. Its id is written in the transaction of the
 * figures: however many flush at once and wherever one is killed, a batch is applied once. Gives how many batches this call applied.
 */
export async function flushBeats(service: Service, buffer: BeatBuffer, at: Date): Promise<number> {
  let applied = 0;
  for (const id of await buffer.take()) {
    const batch = await buffer.read(id);
    if (batch !== undefined && (await applyBatch(service, { batch, at }))) applied += 1;
    await buffer.finish(id);
  }
  return applied;
}
