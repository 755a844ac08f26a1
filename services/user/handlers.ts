import type { userApi } from '#contracts';
import { HttpError, type HandlersOf } from '#services/platform';
import { clearWatched, deleteWatched } from './repository/history.ts';
import { changeSettings } from './repository/settings.ts';
import type { Service } from './service.ts';
import { changeMe, readMe, readProfile } from './use-cases/change-me.ts';
import { changeQuota } from './use-cases/change-quota.ts';
import { followUser, readAudience, readFollows, unfollowUser } from './use-cases/follow-user.ts';
import { readAccounts } from './use-cases/list-accounts.ts';
import { ownProfile } from './use-cases/record-account.ts';
import { readHistory, readHistoryEntry, recordHistoryEntry } from './use-cases/record-history-entry.ts';

/** One handler for each route of user. */
export function handlers(service: Service): HandlersOf<typeof userApi> {
  const { db } = service;
  return {
    readMe: async ({ session }) => await readMe(service, session),
    changeMe: async ({ session, body }) => await changeMe(service, session, body),
    readQuota: async ({ session }) => (await readMe(service, session)).quota,
    readSettings: async ({ session }) => (await readMe(service, session)).settings,

    async changeSettings({ session, body }) {
      const { user_id } = await ownProfile(service, session);
      const settings = await changeSettings(db, user_id, body);
      if (settings === undefined) throw new HttpError('no_session');
      return settings;
    },

    readAudience: async ({ session, query }) => await readAudience(db, session.userId, query.days),

    listHistory: async ({ session, query }) => await readHistory(db, session.userId, query),
    clearHistory: async ({ session }) => await clearWatched(db, session.userId),
    readHistoryEntry: async ({ session, params }) => ({
      entry: await readHistoryEntry(db, session.userId, params.videoId),
    }),
    recordHistoryEntry: async ({ session, params, body }) =>
      await recordHistoryEntry(service, session, params.videoId, body),
    forgetHistoryEntry: async ({ session, params }) => await deleteWatched(db, session.userId, params.videoId),

    readProfile: async ({ session, params }) => await readProfile(db, params.handle, session?.userId),
    followUser: async ({ session, params }) => await followUser(service, session, params.handle),
    unfollowUser: async ({ session, params }) => await unfollowUser(service, session, params.handle),
    listFollowers: async ({ params, query }) => await readFollows(db, 'followers', params.handle, query),
    listFollowing: async ({ params, query }) => await readFollows(db, 'following', params.handle, query),

    listAccounts: async ({ query }) => await readAccounts(db, query),
    changeQuota: async ({ params, body }) => await changeQuota(service, params.userId, body.limitBytes),
  };
}
