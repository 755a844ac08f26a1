import type { userApi } from '#contracts';
import { HttpError, type HandlersOf } from '#services/platform';
import { clearWatched, deleteWatched, findWatched } from './repository/history.ts';
import { changeSettings } from './repository/settings.ts';
import type { Service } from './service.ts';
import { changeMe } from './use-cases/change-me.ts';
import { changeQuota } from './use-cases/change-quota.ts';
import { ensureProfile } from './use-cases/ensure-profile.ts';
import { followUser } from './use-cases/follow-user.ts';
import { listAccounts } from './use-cases/list-accounts.ts';
import { listFollows } from './use-cases/list-follows.ts';
import { listHistory } from './use-cases/list-history.ts';
import { readAudience } from './use-cases/read-audience.ts';
import { readMe } from './use-cases/read-me.ts';
import { readProfile } from './use-cases/read-profile.ts';
import { recordHistoryEntry } from './use-cases/record-history-entry.ts';
import { unfollowUser } from './use-cases/unfollow-user.ts';
import { historyEntryOf } from './views/history-entry.ts';

/** One handler for each route of user. */
export function handlers(service: Service): HandlersOf<typeof userApi> {
  const { db, config } = service;
  const follows = { name: 'follows', limit: config.FOLLOW_LIMIT, windowSeconds: config.FOLLOW_WINDOW_S };
  return {
    readMe: async ({ session }) => await readMe(service, session),
    changeMe: async ({ session, body }) => await changeMe(service, { session, change: body }),
    readQuota: async ({ session }) => (await readMe(service, session)).quota,
    readSettings: async ({ session }) => (await readMe(service, session)).settings,

    async changeSettings({ session, body }) {
      const { user_id } = await ensureProfile(service, session);
      const settings = await changeSettings(db, user_id, body);
      if (settings === undefined) throw new HttpError('no_session');
      return settings;
    },

    readAudience: async ({ session, query }) =>
      await readAudience(service, { userId: session.userId, days: query.days, now: new Date() }),

    listHistory: async ({ session, query }) => await listHistory(service, { userId: session.userId, ...query }),
    clearHistory: async ({ session }) => await clearWatched(db, session.userId),
    async readHistoryEntry({ session, params }) {
      const row = await findWatched(db, session.userId, params.videoId);
      return { entry: row === undefined ? null : historyEntryOf(row) };
    },
    recordHistoryEntry: async ({ session, params, body }) =>
      await recordHistoryEntry(service, { session, ...params, ...body }),
    forgetHistoryEntry: async ({ session, params }) => await deleteWatched(db, session.userId, params.videoId),

    readProfile: async ({ session, params }) => await readProfile(service, { ...params, session }),
    async followUser({ session, params, limit }) {
      await limit(follows, session.userId);
      return await followUser(service, { session, ...params });
    },
    async unfollowUser({ session, params, limit }) {
      await limit(follows, session.userId);
      return await unfollowUser(service, { session, ...params });
    },
    listFollowers: async ({ params, query }) => await listFollows(service, { side: 'followers', ...params, ...query }),
    listFollowing: async ({ params, query }) => await listFollows(service, { side: 'following', ...params, ...query }),

    listAccounts: async ({ query }) => await listAccounts(service, query),
    changeQuota: async ({ params, body }) => await changeQuota(service, { ...params, ...body }),
  };
}
