import { videoCreated, type createVideoBody } from '#contracts';
import { HttpError, type Session } from '#services/platform';
import type { z } from 'zod';
import { lockAccount, meetPerson } from '../repository/projections.ts';
import { findVideo, insertDraft, renewTicket, type VideoRow } from '../repository/videos.ts';
import type { Service, Transaction } from '../service.ts';
import { assertRoom } from './assert-room.ts';

/** What a draft is asked for with. */
export interface DraftWish {
  readonly id: string;
  readonly session: Session;
  readonly body: z.output<typeof createVideoBody>;
  readonly at: Date;
  readonly ticketExpiresAt: Date;
}

/**
 * Creates a draft whose file fits into the remaining quota, and publishes that. A repetition with the same id returns the draft that
 * is there, so a repeated request makes one.
 */
export async function createDraft(service: Service, wish: DraftWish): Promise<VideoRow> {
  const { id, session, body, at, ticketExpiresAt } = wish;
  const { userId: ownerId, handle } = session;
  return await service.transaction(async (trx) => {
    if (!(await lockAccount(trx, ownerId))) throw new HttpError('no_session');
    const present = await findVideo(trx, id);
    if (present !== undefined) {
      await renewTicket(trx, id, ticketExpiresAt);
      return present;
    }
    await assertRoom(service, trx, { draftId: id, ownerId, bytes: body.bytes });
    await meetPerson(trx, { userId: ownerId, handle });
    const { title, visibility } = body;
    await insertDraft(trx, { ...body, tags: [...new Set(body.tags)], id, ownerId, ticketExpiresAt, createdAt: at });
    await service.enqueue(trx, videoCreated, {
      aggregate: id,
      time: at,
      data: { videoId: id, ownerId, version: 1, title, visibility, createdAt: at.toISOString() },
    });
    return await foundVideo(trx, id);
  });
}

async function foundVideo(trx: Transaction, id: string): Promise<VideoRow> {
  const row = await findVideo(trx, id);
  if (row === undefined) throw new Error(`video ${id} disappeared within the transaction that created it`);
  return row;
}
