/**
 * Sessions in Redis, which every service may read and one service writes. The cookie holds a random secret; Redis knows
 * only its SHA-256, so nobody who reads Redis can log in.
 *
 * `session:<sha-256>` is the session as JSON and ends by its expiry; `session:user:<user>` lists the hashes of a user's.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** What every stored session has; a product adds its own fields, such as a role. */
export interface StoredSession {
  /** Id that its owner sees; never the secret. */
  readonly sessionId: string;
  /** Whose session it is. */
  readonly userId: string;
  /** When it was opened, ISO 8601 in UTC. */
  readonly createdAt: string;
  /** When it was last used, ISO 8601 in UTC; may lag behind. */
  readonly lastSeenAt: string;
  /** When it ends whatever is done. */
  readonly expiresAt: string;
  /** When it ends if nothing is done. */
  readonly idleExpiresAt: string;
  /** What the browser said that it is, cut to 300 characters. */
  readonly userAgent: string;
}

/** Schema of a product's sessions: what Redis holds is checked by it. */
export type SessionSchema<Session extends StoredSession> = StandardSchemaV1<unknown, Session>;

const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** Key of the session of a secret. */
export function sessionKey(secret: string): string {
  return `session:${hash('sha256', secret)}`;
}

/** Key of the list of a user's sessions. */
export function userSessionsKey(user: string): string {
  return `session:user:${user}`;
}

/** The session of a cookie's secret; undefined when there is none. Throws when Redis is away. */
export async function findSession<Session extends StoredSession>(
  redis: Redis,
  schema: SessionSchema<Session>,
  secret: string | undefined,
): Promise<Session | undefined> {
  if (secret === undefined || !SECRET.test(secret)) return undefined;
  return await readSession(schema, await redis.get(sessionKey(secret)));
}

/** A record of an older shape is no session: its owner logs in again. */
export async function readSession<Session extends StoredSession>(
  schema: SessionSchema<Session>,
  text: string | null,
): Promise<Session | undefined> {
  if (text === null) return undefined;
  const read = await schema['~standard'].validate(JSON.parse(text));
  return read.issues === undefined ? read.value : undefined;
}
