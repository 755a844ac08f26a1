import { videoDeleted } from '#contracts';
import type { DataOf } from '#declare';
import { removeVideo } from '../repository/videos.ts';
import type { Service, Transaction } from '../service.ts';

/** Removes a video and publishes why. */
export async function endVideo(
  service: Service,
  trx: Transaction,
  end: {
    readonly id: string;
    readonly ownerId: string;
    readonly version: number;
    readonly reason: DataOf<typeof videoDeleted>['reason'];
    readonly at: Date;
  },
): Promise<void> {
  const { id, ownerId, reason, at } = end;
  await removeVideo(trx, id);
  await service.enqueue(trx, videoDeleted, {
    aggregate: id,
    time: at,
    data: { videoId: id, ownerId, version: end.version + 1, reason, deletedAt: at.toISOString() },
  });
}
