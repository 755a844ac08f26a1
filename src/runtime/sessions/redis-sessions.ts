import type { Redis } from 'ioredis';
import { sessionCookie, type SessionCookie } from '../http/cookie.ts';
import type { SessionSource } from './session-source.ts';
import { findSession, type SessionSchema, type StoredSession } from './stored-session.ts';

/** Sessions of a cookie, stored in Redis. */
export interface RedisSessions<Session extends StoredSession> extends SessionSource<Session> {
  /** The cookie that carries the secret of a session. */
  readonly cookie: SessionCookie;
}

/** A session source that reads the cookie of a request and finds its session in Redis. */
export function redisSessions<Session extends StoredSession>(options: {
  readonly redis: Redis;
  readonly schema: SessionSchema<Session>;
  /** Origin that browsers know: its scheme decides the name and attributes of the cookie. */
  readonly publicOrigin: string;
  /** Name of the cookie over https. @default '__Host-sid' */
  readonly cookieName?: string;
  /** Whether a session has the right that a route's `access` names. @default - it has none */
  readonly admits?: (session: Session, access: string) => boolean;
}): RedisSessions<Session> {
  const { redis, schema, publicOrigin, cookieName = '__Host-sid', admits = () => false } = options;
  const cookie = sessionCookie({ publicOrigin, name: cookieName });
  return {
    cookie,
    cookieName: cookie.name,
    find: async (request) => await findSession(redis, schema, cookie.read(request)),
    callerOf: ({ userId }) => userId,
    admits,
  };
}
