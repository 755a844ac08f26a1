/**
 * Sessions in Redis, which every instance of every service reads and only auth writes. The cookie holds a random secret;
 * Redis knows only its SHA-256, so nobody who reads Redis can log in.
 *
 * `session:<sha-256>` is the session as JSON and ends by its expiry; `session:user:<user>` lists the hashes of a user's.
 */
import { hash, randomBytes, randomUUID } from 'node:crypto';
import { role, userId, sessionId, handle, instant } from '#contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';

const session = z.object({
  /** Id that its owner sees; never the secret. */
  sessionId,
  userId,
  handle,
  role,
  createdAt: instant,
  lastSeenAt: instant,
  /** When it ends whatever is done. */
  expiresAt: instant,
  /** When it ends if nothing is done. */
  idleExpiresAt: instant,
  /** What the browser said that it is, cut to 300 characters. */
  userAgent: z.string(),
});

/** A session that holds. */
export type Session = z.infer<typeof session>;

/** What every service does with sessions. */
export interface SessionReader {
  /** The session of a cookie's secret; undefined when there is none. Throws when Redis is away. */
  find(secret: string | undefined): Promise<Session | undefined>;
}

/** A session together with the secret that goes into the cookie. */
export interface OpenedSession {
  readonly session: Session;
  readonly secret: string;
}

/** What only auth does with sessions. */
export interface SessionWriter extends SessionReader {
  /** Opens a session. */
  create(owner: {
    readonly userId: string;
    readonly handle: string;
    readonly role: Session['role'];
    readonly userAgent: string;
  }): Promise<OpenedSession>;
  /** Like {@link SessionReader.find}, and puts off the idle expiry. */
  touch(secret: string | undefined): Promise<Session | undefined>;
  /** Gives a session a new secret; the old one holds no more, the public id stays. Undefined when it has ended. */
  rotate(secret: string): Promise<OpenedSession | undefined>;
  /** Sessions of a user, the newest first. */
  list(userId: string): Promise<Session[]>;
  /** Ends sessions of a user: the given ones, or all but `except`. Gives the public ids of those that ended. */
  revoke(userId: string, which: { readonly only?: readonly string[]; readonly except?: string }): Promise<string[]>;
}

const SECRET_BYTES = 32;
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const USER_AGENT_LENGTH = 300;

/** Key of the session of a secret. */
export function sessionKey(secret: string): string {
  return `session:${hash('sha256', secret)}`;
}

/** Reads sessions. */
export function sessionReader(redis: Redis): SessionReader {
  return { find: async (secret) => await find(redis, secret) };
}

/** Reads and writes sessions; only auth's user may do so. */
export function sessionWriter(
  redis: Redis,
  options: {
    readonly idleSeconds: number;
    readonly absoluteSeconds: number;
    /** Gives the present. @default - the clock of this machine */
    readonly now?: () => Date;
  },
): SessionWriter {
  const { idleSeconds, absoluteSeconds, now = () => new Date() } = options;

  async function store(secret: string, value: Session): Promise<void> {
    const key = sessionKey(secret);
    const list = userKey(value.userId);
    const lastMs = Date.parse(value.expiresAt);
    const commands = redis
      .multi()
      .set(key, JSON.stringify(value), 'PXAT', Date.parse(value.idleExpiresAt))
      .zadd(list, lastMs, key)
      .zremrangebyscore(list, '-inf', now().getTime())
      .pexpireat(list, lastMs);
    await executed(commands.exec());
  }

  function renewed(value: Session): Session {
    const seenAt = now();
    const idle = Math.min(seenAt.getTime() + idleSeconds * 1000, Date.parse(value.expiresAt));
    return { ...value, lastSeenAt: seenAt.toISOString(), idleExpiresAt: new Date(idle).toISOString() };
  }

  return {
    find: async (secret) => await find(redis, secret),

    async create(owner) {
      const createdAt = now();
      const value = renewed({
        sessionId: randomUUID(),
        userId: owner.userId,
        handle: owner.handle,
        role: owner.role,
        createdAt: createdAt.toISOString(),
        lastSeenAt: createdAt.toISOString(),
        expiresAt: new Date(createdAt.getTime() + absoluteSeconds * 1000).toISOString(),
        idleExpiresAt: createdAt.toISOString(),
        userAgent: owner.userAgent.slice(0, USER_AGENT_LENGTH),
      });
      const secret = newSecret();
      await store(secret, value);
      return { session: value, secret };
    },

    async touch(secret) {
      const value = await find(redis, secret);
      if (value === undefined || secret === undefined) return undefined;
      const next = renewed(value);
      // XX: a session that is revoked at this moment does not come back
      const kept = await redis.set(
        sessionKey(secret),
        JSON.stringify(next),
        'PXAT',
        Date.parse(next.idleExpiresAt),
        'XX',
      );
      return kept === null ? undefined : next;
    },

    async rotate(secret) {
      const value = await find(redis, secret);
      if (value === undefined) return undefined;
      const removed = await executed(
        redis.multi().del(sessionKey(secret)).zrem(userKey(value.userId), sessionKey(secret)).exec(),
      );
      if (removed[0] === 0) return undefined;
      const next = { session: renewed(value), secret: newSecret() };
      await store(next.secret, next.session);
      return next;
    },

    async list(user) {
      const found = await sessionsOf(redis, user);
      return found.map(({ value }) => value).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    },

    async revoke(user, { only, except }) {
      const ending = (await sessionsOf(redis, user)).filter(
        ({ value }) => value.sessionId !== except && (only === undefined || only.includes(value.sessionId)),
      );
      if (ending.length === 0) return [];
      const keys = ending.map(({ key }) => key);
      await executed(
        redis
          .multi()
          .del(...keys)
          .zrem(userKey(user), ...keys)
          .exec(),
      );
      return ending.map(({ value }) => value.sessionId);
    },
  };
}

async function find(redis: Redis, secret: string | undefined): Promise<Session | undefined> {
  if (secret === undefined || !SECRET.test(secret)) return undefined;
  return parse(await redis.get(sessionKey(secret)));
}

async function sessionsOf(redis: Redis, user: string): Promise<{ readonly key: string; readonly value: Session }[]> {
  const keys = await redis.zrange(userKey(user), '0', '-1');
  if (keys.length === 0) return [];
  const texts = await redis.mget(...keys);
  return keys.flatMap((key, i) => {
    const value = parse(texts[i] ?? null);
    return value === undefined ? [] : [{ key, value }];
  });
}

/** A record of an older shape is no session: its owner logs in again. */
function parse(text: string | null): Session | undefined {
  return text === null ? undefined : session.safeParse(JSON.parse(text)).data;
}

async function executed(answers: Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
  return ((await answers) ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}

function userKey(user: string): string {
  return `session:user:${user}`;
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}
