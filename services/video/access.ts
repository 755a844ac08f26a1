/** Who may see and change what. Whatever somebody may not see is not there: 404. */
import { notFound } from '#runtime';
import { HttpError, maySeeVideo, type Session } from '#services/platform';
import { findVideo, lockVideo, type VideoRow } from './repository/videos.ts';
import type { Database, Transaction } from './service.ts';

/** Whether a caller may see a video, by the rule that media keeps too. */
export function maySee({ owner_id: ownerId, visibility, state }: VideoRow, session: Session | undefined): boolean {
  return maySeeVideo({ ownerId, visibility, ready: state === 'ready' }, session);
}

/** A video that the caller may see, else `not_found`. */
export async function videoSeenBy(db: Database, id: string, session: Session | undefined): Promise<VideoRow> {
  const row = await findVideo(db, id);
  if (row === undefined || !maySee(row, session)) throw notFound();
  return row;
}

/** A ready video that the caller may see, locked; `not_found`, or `conflict` for an own one that is not ready. */
export async function lockWatchable(trx: Transaction, id: string, session: Session): Promise<VideoRow> {
  const row = await lockVideo(trx, id);
  if (row === undefined || !maySee(row, session)) throw notFound();
  if (row.state !== 'ready') throw new HttpError('conflict', { detail: 'the video cannot be watched yet' });
  return row;
}

/** A video of the caller, locked; else `not_found`. */
export async function lockOwn(trx: Transaction, id: string, session: Session): Promise<VideoRow> {
  const row = await lockVideo(trx, id);
  if (row?.owner_id !== session.userId) throw notFound();
  return row;
}
