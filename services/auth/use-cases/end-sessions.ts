import { sessionRevoked, type revocationReason } from '#contracts';
import type { z } from 'zod';
import type { Context } from '../service.ts';

/** Why sessions end. */
export type RevocationReason = z.infer<typeof revocationReason>;

/** Sessions of a user that end: the given ones, or all but one. */
export interface EndedSessions {
  readonly userId: string;
  readonly reason: RevocationReason;
  readonly only?: readonly string[];
  readonly except?: string;
}

/** Ends sessions of a user and notifies services with open streams. Returns the ids of the ended sessions. */
export async function endSessions(
  { service, sessions }: Context,
  { userId, reason, ...which }: EndedSessions,
): Promise<string[]> {
  const sessionIds = await sessions.revoke(userId, which);
  if (sessionIds.length > 0) {
    service.publishCore(sessionRevoked, {
      aggregate: userId,
      values: { user: userId },
      data: { userId, sessionIds, reason, revokedAt: new Date().toISOString() },
    });
  }
  return sessionIds;
}
