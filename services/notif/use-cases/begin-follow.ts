import type { followed } from '#contracts';
import type { DataOf } from '#declare';
import type { Announcement, Transaction } from '../service.ts';
import { followNotification } from '../views/new-notification.ts';
import { changeFollow } from './change-follow.ts';
import { notifyUser } from './notify-user.ts';

/** Keeps a follow and tells who is followed. */
export async function beginFollow(trx: Transaction, data: DataOf<typeof followed>): Promise<Announcement[]> {
  const at = new Date(data.followedAt);
  const settled = await changeFollow(trx, data, { following: true, at });
  return [...settled, ...(await notifyUser(trx, followNotification(data)))];
}
