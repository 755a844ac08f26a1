import type { authApi, CurrentSession } from '#contracts';
import { notFound } from '#runtime';
import { HttpError, type HandlersOf } from '#services/platform';
import type { Request, Response } from 'express';
import { authLimits } from './limits/auth-limits.ts';
import { clientNetwork } from './limits/client-network.ts';
import { findAccount } from './repository/accounts.ts';
import { firstAdminLinkEnd } from './repository/first-admin-links.ts';
import type { Context } from './service.ts';
import { changePassword } from './use-cases/change-password.ts';
import { closeAccount } from './use-cases/close-account.ts';
import { endSessions } from './use-cases/end-sessions.ts';
import { logIn } from './use-cases/log-in.ts';
import { redeemFirstAdminLink } from './use-cases/redeem-first-admin-link.ts';
import { refuseWeakPassword, signUp } from './use-cases/sign-up.ts';
import { currentSessionOf, type StartedSession, type Visitor } from './use-cases/start-session.ts';

/** One handler for each route of auth. */
export function handlers(context: Context): HandlersOf<typeof authApi> {
  const { service, sessions } = context;
  const { cookie } = service.sessions;
  const limits = authLimits(service);

  function visitorOf(request: Request): Visitor {
    return { formerSecret: cookie.read(request), userAgent: request.get('user-agent') ?? '' };
  }

  /** Gives the browser the secret for as long as the session lasts unused. */
  function answer(response: Response, { session, secret, account }: StartedSession): CurrentSession {
    cookie.set(response, secret, (Date.parse(session.idleExpiresAt) - Date.now()) / 1000);
    return currentSessionOf(session, account);
  }

  return {
    async signUp({ body, limit, address, creationId, request, response }) {
      refuseWeakPassword(body.password, body);
      await limit(limits.signUp, clientNetwork(address));
      return answer(response, await signUp(context, creationId, body, visitorOf(request)));
    },

    async logIn({ body, limit, address, request, response }) {
      await limit(limits.logInByAddress, clientNetwork(address));
      await limit(limits.logInByName, body.login.toLowerCase());
      return answer(response, await logIn(context, body, visitorOf(request)));
    },

    async readSession({ request, response }) {
      const secret = cookie.read(request);
      const session = await sessions.touch(secret);
      const account = session && (await findAccount(service.db, session.userId));
      if (secret !== undefined && session && account) {
        return { session: answer(response, { session, secret, account }) };
      }
      if (secret !== undefined) cookie.clear(response);
      return { session: null };
    },

    async logOut({ session, response }) {
      await endSessions(context, session.userId, { only: [session.sessionId] }, 'logout');
      cookie.clear(response);
    },

    async listSessions({ session }) {
      const found = await sessions.list(session.userId);
      const items = found.map(({ sessionId, createdAt, lastSeenAt, userAgent }) => ({
        ...{ sessionId, createdAt, lastSeenAt, userAgent },
        current: sessionId === session.sessionId,
      }));
      return { items };
    },

    async revokeSession({ session, params, response }) {
      const { sessionId } = params;
      const ended = await endSessions(context, session.userId, { only: [sessionId] }, 'revoked');
      if (ended.length === 0) throw notFound();
      if (sessionId === session.sessionId) cookie.clear(response);
    },

    async revokeOtherSessions({ session }) {
      const ended = await endSessions(context, session.userId, { except: session.sessionId }, 'revoked');
      return { revoked: ended.length };
    },

    async changePassword({ session, body, limit, request, response }) {
      const secret = cookie.read(request);
      if (secret === undefined) throw new HttpError('no_session');
      await limit(limits.password, session.userId);
      return answer(response, await changePassword(context, session, secret, body));
    },

    async deleteAccount({ session, body, limit, response }) {
      await limit(limits.password, session.userId);
      await closeAccount(context, session, body.password);
      cookie.clear(response);
    },

    async readFirstAdminLink({ query, limit, address }) {
      await limit(limits.firstAdmin, clientNetwork(address));
      const expiresAt = await firstAdminLinkEnd(service.db, query.token);
      return { valid: expiresAt !== undefined, expiresAt: expiresAt?.toISOString() ?? null };
    },

    async redeemFirstAdminLink({ body, limit, address, creationId, request, response }) {
      refuseWeakPassword(body.password, body);
      await limit(limits.firstAdmin, clientNetwork(address));
      return answer(response, await redeemFirstAdminLink(context, creationId, body, visitorOf(request)));
    },
  };
}
