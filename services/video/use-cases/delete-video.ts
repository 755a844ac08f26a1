import { notFound } from '#runtime';
import { mayModerate, type Session } from '#services/platform';
import { lockVideo } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { endVideo } from './end-video.ts';

/** Deletes your own video, or any as an administrator, and publishes that, so that bytes, jobs and figures are deleted too. */
export async function deleteVideo(
  service: Service,
  wish: { readonly videoId: string; readonly session: Session; readonly at: Date },
): Promise<void> {
  const { videoId, session, at } = wish;
  await service.transaction(async (trx) => {
    const row = await lockVideo(trx, videoId);
    if (row === undefined || !mayModerate(session, [row.owner_id])) throw notFound();
    const reason = row.owner_id === session.userId ? 'owner' : 'admin';
    await endVideo(service, trx, { id: row.id, ownerId: row.owner_id, version: row.version, reason, at });
  });
}
