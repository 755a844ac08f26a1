import { HttpError, type Session } from '#services/platform';
import { lockOwn } from '../access.ts';
import { lockAccount } from '../repository/projections.ts';
import { renewTicket, type VideoRow } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { assertRoom } from './assert-room.ts';

/** Lets an owner go on uploading a draft until `expiresAt`; `conflict` once the file has arrived, `quota_exceeded` when there is no room left for it. */
export async function renewUpload(
  service: Service,
  wish: { readonly videoId: string; readonly session: Session; readonly expiresAt: Date },
): Promise<VideoRow> {
  return await service.transaction(async (trx) => {
    if (!(await lockAccount(trx, wish.session.userId))) throw new HttpError('no_session');
    const row = await lockOwn(trx, wish.videoId, wish.session);
    if (row.state !== 'draft') throw new HttpError('conflict', { detail: `the video is ${row.state}, not a draft` });
    const { id: draftId, owner_id: ownerId, bytes } = row;
    await assertRoom(service, trx, { draftId, ownerId, bytes });
    await renewTicket(trx, row.id, wish.expiresAt);
    return row;
  });
}
