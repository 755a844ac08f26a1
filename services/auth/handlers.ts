import type { authApi, CurrentSession } from '#contracts';
import { clientNetwork, notFound } from '#runtime';
import { HttpError, type HandlersOf } from '#services/platform';
import type { Request, Response } from 'express';
import { authLimits } from './limits/auth-limits.ts';
import { refuseWeakPassword } from './passwords/weak-password.ts';
import { findAccount, findAccountByLogin } from './repository/accounts.ts';
import { firstAdminLinkEnd } from './repository/first-admin-links.ts';
import type { Context, Service } from './service.ts';
import { changePassword } from './use-cases/change-password.ts';
import { closeAccount } from './use-cases/close-account.ts';
import { endSessions } from './use-cases/end-sessions.ts';
import { logIn } from './use-cases/log-in.ts';
import { redeemFirstAdminLink } from './use-cases/redeem-first-admin-link.ts';
import { signUp } from './use-cases/sign-up.ts';
import type { StartedSession, Visitor } from './use-cases/start-session.ts';
import { currentSessionOf } from './views/session.ts';

/** One handler for each route of auth. */
export function handlers(context: Context): HandlersOf<typeof authApi> {
  const { service } = context;
  const { cookie } = service.sessions;
  const limits = authLimits(service);

  return {
    ...sessionHandlers(context),

    async signUp({ body, limit, address, creationId, request, response }) {
      await refuseWeakPassword(body.password, body);
      await limit(limits.signUp, clientNetwork(address));
      return answer(
        service,
        response,
        await signUp(context, { userId: creationId, given: body, visitor: visitorOf(service, request) }),
      );
    },

    async logIn({ body, limit, address, request, response }) {
      await limit(limits.logInByAddress, clientNetwork(address));
      const account = await findAccountByLogin(service.db, body.login);
      // an account has one limit, whether it is named by its handle or its address
      await limit(limits.logInByAccount, account?.user_id ?? body.login.toLowerCase());
      const wish = { account, password: body.password, visitor: visitorOf(service, request), address };
      return answer(service, response, await logIn(context, wish));
    },

    async changePassword({ session, body, limit, request, response }) {
      const secret = cookie.read(request);
      if (secret === undefined) throw new HttpError('no_session');
      await limit(limits.password, session.userId);
      return answer(service, response, await changePassword(context, { session, secret, given: body }));
    },

    async deleteAccount({ session, body, limit, response }) {
      await limit(limits.password, session.userId);
      await closeAccount(context, { session, password: body.password });
      cookie.clear(response);
    },

    async readFirstAdminLink({ body, limit, address }) {
      await limit(limits.firstAdmin, clientNetwork(address));
      const expiresAt = await firstAdminLinkEnd(service.db, body.token);
      return { valid: expiresAt !== undefined, expiresAt: expiresAt?.toISOString() ?? null };
    },

    async redeemFirstAdminLink({ body, limit, address, creationId, request, response }) {
      await refuseWeakPassword(body.password, body);
      await limit(limits.firstAdmin, clientNetwork(address));
      const { token, ...given } = body;
      const wish = { userId: creationId, token, given, visitor: visitorOf(service, request) };
      return answer(service, response, await redeemFirstAdminLink(context, wish));
    },
  };
}

type SessionOperation = 'readSession' | 'logOut' | 'listSessions' | 'revokeSession' | 'revokeOtherSessions';

function sessionHandlers(context: Context): Pick<HandlersOf<typeof authApi>, SessionOperation> {
  const { service, sessions } = context;
  const { cookie } = service.sessions;

  return {
    async readSession({ request, response }) {
      const secret = cookie.read(request);
      const session = await sessions.touch(secret);
      const account = session && (await findAccount(service.db, session.userId));
      if (secret !== undefined && session && account) {
        return { session: answer(service, response, { session, secret, account }) };
      }
      if (secret !== undefined) cookie.clear(response);
      return { session: null };
    },

    async logOut({ session, response }) {
      await endSessions(context, { userId: session.userId, only: [session.sessionId], reason: 'logout' });
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
      const ended = await endSessions(context, { userId: session.userId, only: [sessionId], reason: 'revoked' });
      if (ended.length === 0) throw notFound();
      if (sessionId === session.sessionId) cookie.clear(response);
    },

    async revokeOtherSessions({ session }) {
      const ended = await endSessions(context, {
        userId: session.userId,
        except: session.sessionId,
        reason: 'revoked',
      });
      return { revoked: ended.length };
    },
  };
}

function visitorOf({ sessions: { cookie } }: Service, request: Request): Visitor {
  return { formerSecret: cookie.read(request), userAgent: request.get('user-agent') ?? '' };
}

/** Sends the secret to the browser for as long as the session lasts unused. */
function answer(
  { sessions: { cookie } }: Service,
  response: Response,
  { session, secret, account }: StartedSession,
): CurrentSession {
  cookie.set(response, secret, (Date.parse(session.idleExpiresAt) - Date.now()) / 1000);
  return currentSessionOf(session, account);
}
