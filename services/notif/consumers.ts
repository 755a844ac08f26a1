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
import { handleOnce, type Consumption } from '#runtime';
import type { Announce } from './live/announce.ts';
import type { Announcement, Service, Transaction } from './service.ts';
import { forgetAccount } from './use-cases/forget-account.ts';
import { beginFollow, endFollow, tellOfPublication, tellOne } from './use-cases/notify-user.ts';
import { commentNews, deathNews, failureNews, likeNews, passwordNews } from './views/new-notification.ts';

/** One handler for each message that notif consumes. Each announces what changed after its commit. */
export function consumers(service: Service, announce: Announce): Consumption[] {
  const on = <M extends Message>(
    message: M,
    effect: (trx: Transaction, data: DataOf<M>) => Promise<readonly Announcement[]>,
  ): Consumption =>
    service.consumer(message, async ({ durable, id, data }) => {
      let announcements: readonly Announcement[] = [];
      await handleOnce(service.db, durable, id, async (trx) => {
        announcements = await effect(trx, data);
      });
      announce(announcements);
    });

  return [
    on(videoPublished, tellOfPublication),
    on(videoCommented, async (trx, data) => await tellOne(trx, commentNews(data))),
    on(videoLiked, async (trx, data) => await tellOne(trx, likeNews(data))),
    on(mediaFailed, async (trx, data) => await tellOne(trx, failureNews(data))),
    on(jobDead, async (trx, data) => await tellOne(trx, deathNews(data))),
    on(followed, beginFollow),
    on(unfollowed, endFollow),
    on(passwordChanged, async (trx, data) => await tellOne(trx, passwordNews(data))),
    on(accountDeleted, forgetAccount),
  ];
}
