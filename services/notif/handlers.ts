import type { notifApi } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import type { HandlersOf } from '#services/platform';
import * as z from 'zod';
import type { Announce } from './live/announce.ts';
import type { LiveHub } from './live/live-hub.ts';
import { listEntries, mailboxState } from './repository/mailboxes.ts';
import { changePreferences, findPreferences } from './repository/preferences.ts';
import type { Service } from './service.ts';
import { markRead } from './use-cases/mark-read.ts';
import { notificationOf } from './views/notification.ts';

const place = z.object({ before: z.int().min(1) });

/** One handler for each route of notif. */
export function handlers(service: Service, announce: Announce, hub: LiveHub): HandlersOf<typeof notifApi> {
  async function mark(userId: string, which: Parameters<typeof markRead>[2]): Promise<{ unread: number }> {
    const announcement = await service.transaction(async (trx) => await markRead(trx, userId, which));
    announce([announcement]);
    return { unread: announcement.unread };
  }

  return {
    listNotifications: async ({ session, query }) => {
      const before = decodeCursor(place, query.cursor)?.before;
      const page = { before, unreadOnly: query.unread, limit: query.limit + 1 };
      const rows = await listEntries(service.db, session.userId, page);
      return pageFrom(rows, query.limit, notificationOf, ({ id }) => ({ before: id }));
    },
    readUnreadCount: async ({ session }) => ({ unread: (await mailboxState(service.db, session.userId)).unread }),
    markRead: async ({ session, params }) => await mark(session.userId, { only: params.notificationId }),
    markAllRead: async ({ session, body }) => await mark(session.userId, { upTo: body.upTo }),
    readNotificationSettings: async ({ session }) => await findPreferences(service.db, session.userId),
    changeNotificationSettings: async ({ session, body }) =>
      await service.transaction(async (trx) => await changePreferences(trx, session.userId, body)),
    openStream: async (call) => await hub.open(call),
  };
}
