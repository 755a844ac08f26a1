import {
  accountDeleted,
  followed,
  jobDead,
  mediaFailed,
  passwordChanged,
  unfollowed,
  videoCommented,
  videoLiked,
  videoPublished,
} from '#contracts';
import type { DataOf, Message } from '#declare';
import type { Consumption } from '#runtime';
import type { Announce } from './live/announce.ts';
import type { Announcement, Service, Transaction } from './service.ts';
import { beginFollow } from './use-cases/begin-follow.ts';
import { changeFollow } from './use-cases/change-follow.ts';
import { forgetAccount } from './use-cases/forget-account.ts';
import { notifyUser } from './use-cases/notify-user.ts';
import { recordPublication } from './use-cases/record-publication.ts';
import {
  commentNotification,
  deadJobNotification,
  failureNotification,
  likeNotification,
  passwordNotification,
} from './views/new-notification.ts';

/** One handler for each message that notif consumes. Each announces what changed after its commit. */
export function consumers(service: Service, announce: Announce): Consumption[] {
  const on = <M extends Message>(
    message: M,
    effect: (trx: Transaction, data: DataOf<M>) => Promise<readonly Announcement[]>,
  ): Consumption =>
    service.transactionalConsumer(message, async ({ data }, trx) => {
      const announcements = await effect(trx, data);
      return () => announce(announcements);
    });

  return [
    on(videoPublished, recordPublication),
    on(videoCommented, async (trx, data) => await notifyUser(trx, commentNotification(data))),
    on(videoLiked, async (trx, data) => await notifyUser(trx, likeNotification(data))),
    on(mediaFailed, async (trx, data) => await notifyUser(trx, failureNotification(data))),
    on(jobDead, async (trx, data) => await notifyUser(trx, deadJobNotification(data))),
    on(followed, beginFollow),
    on(unfollowed, async (trx, { unfollowedAt, ...pair }) => {
      return await changeFollow(trx, pair, { following: false, at: new Date(unfollowedAt) });
    }),
    on(passwordChanged, async (trx, data) => await notifyUser(trx, passwordNotification(data))),
    on(accountDeleted, forgetAccount),
  ];
}
