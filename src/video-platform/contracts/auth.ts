/** Messages of auth, which owns credentials and sessions. No message carries an e-mail address. */
import { defineMessage } from '#declare';
import * as z from 'zod';
import { aggregateVersion, count, displayName, handle, instant, role, sessionId, userId } from './identifier.ts';

/** Somebody signed up, or redeemed the first administrator's link. */
export const accountCreated = defineMessage({
  subject: 'events.auth.account_created',
  payload: z.object({ userId, version: aggregateVersion, handle, displayName, role, createdAt: instant }),
});

/** An account was deleted permanently; every service deletes its data about it. */
export const accountDeleted = defineMessage({
  subject: 'events.auth.account_deleted',
  payload: z.object({ userId, version: aggregateVersion, handle, deletedAt: instant }),
});

/** A password was changed; its owner is told. */
export const passwordChanged = defineMessage({
  subject: 'events.auth.password_changed',
  payload: z.object({ userId, version: aggregateVersion, changedAt: instant, revokedSessions: count }),
});

/** Why a session ended. */
export const revocationReason = z.enum(['logout', 'revoked', 'password_changed', 'account_deleted']);

/** Sessions of a user ended; services close the streams that are open for them. */
export const sessionRevoked = defineMessage({
  subject: 'session.revoked.{user}',
  delivery: 'core',
  payload: z.object({
    userId,
    /** The sessions that ended. */
    sessionIds: z.array(sessionId),
    reason: revocationReason,
    revokedAt: instant,
  }),
});
