import { randomBytes, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import {
  findSession,
  readSession,
  sessionKey,
  userSessionsKey,
  type SessionSchema,
  type StoredSession,
} from './stored-session.ts';

/** A session together with the secret that goes into the cookie. */
export interface OpenedSession<Session extends StoredSession> {
  /** The session as it is stored. */
  readonly session: Session;
  /** Secret for the cookie; only its hash is stored. */
  readonly secret: string;
}

/** What a product says of a new session: whose it is, and its own fields. */
export type SessionOwner<Session extends StoredSession> = Omit<
  Session,
  'sessionId' | 'createdAt' | 'lastSeenAt' | 'expiresAt' | 'idleExpiresAt'
>;

/** How long sessions last. */
export interface SessionLimits {
  /** Seconds without a request after which a session ends. */
  readonly idleSeconds: number;
  /** Seconds after which a session ends in any case. */
  readonly absoluteSeconds: number;
  /** Returns the present. @default - the clock of this machine */
  readonly now?: () => Date;
}

const SECRET_BYTES = 32;
const USER_AGENT_LENGTH = 300;

/** Opens, renews and ends sessions in Redis; only one service's user should have the right to. */
export class SessionWriter<Session extends StoredSession> {
  private readonly redis: Redis;
  private readonly schema: SessionSchema<Session>;
  private readonly idleMs: number;
  private readonly absoluteMs: number;
  private readonly now: () => Date;

  constructor(redis: Redis, schema: SessionSchema<Session>, limits: SessionLimits) {
    this.redis = redis;
    this.schema = schema;
    this.idleMs = limits.idleSeconds * 1000;
    this.absoluteMs = limits.absoluteSeconds * 1000;
    this.now = limits.now ?? (() => new Date());
  }

  /** The session of a cookie's secret; undefined when there is none. */
  async find(secret: string | undefined): Promise<Session | undefined> {
    return await findSession(this.redis, this.schema, secret);
  }

  /** Opens a session. */
  async create(owner: SessionOwner<Session>): Promise<OpenedSession<Session>> {
    const createdAt = this.now();
    const opened = {
      ...owner,
      sessionId: randomUUID(),
      createdAt: createdAt.toISOString(),
      lastSeenAt: createdAt.toISOString(),
      expiresAt: new Date(createdAt.getTime() + this.absoluteMs).toISOString(),
      idleExpiresAt: createdAt.toISOString(),
      userAgent: owner.userAgent.slice(0, USER_AGENT_LENGTH),
    };
    const session = this.renewed(opened as unknown as Session);
    const secret = newSecret();
    await this.store(secret, session);
    return { session, secret };
  }

  /** Like {@link find}, and extends the idle expiry. */
  async touch(secret: string | undefined): Promise<Session | undefined> {
    const found = await this.find(secret);
    if (found === undefined || secret === undefined) return undefined;
    const next = this.renewed(found);
    const expiry = Date.parse(next.idleExpiresAt);
    // XX: a session that is revoked at this moment does not come back
    const kept = await this.redis.set(sessionKey(secret), JSON.stringify(next), 'PXAT', expiry, 'XX');
    return kept === null ? undefined : next;
  }

  /** Gives a session a new secret; the old one is no longer valid, the public id stays. Undefined when it has ended. */
  async rotate(secret: string): Promise<OpenedSession<Session> | undefined> {
    const found = await this.find(secret);
    if (found === undefined) return undefined;
    const key = sessionKey(secret);
    const removed = await executed(this.redis.multi().del(key).zrem(userSessionsKey(found.userId), key).exec());
    if (removed[0] === 0) return undefined;
    const next = { session: this.renewed(found), secret: newSecret() };
    await this.store(next.secret, next.session);
    return next;
  }

  /** Sessions of a user, the newest first. */
  async list(user: string): Promise<Session[]> {
    const found = await this.sessionsOf(user);
    return found.map(({ session }) => session).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** Ends sessions of a user: the given ones, or all but `except`. Returns the public ids of those that ended. */
  async revoke(
    user: string,
    {
      only,
      except,
    }: {
      /** Public ids of those that end. @default - all */
      readonly only?: readonly string[];
      /** Public id of one that stays. @default - none */
      readonly except?: string;
    },
  ): Promise<string[]> {
    const ending = (await this.sessionsOf(user)).filter(
      ({ session: { sessionId } }) => sessionId !== except && (only === undefined || only.includes(sessionId)),
    );
    if (ending.length === 0) return [];
    const keys = ending.map(({ key }) => key);
    const commands = this.redis
      .multi()
      .del(...keys)
      .zrem(userSessionsKey(user), ...keys);
    await executed(commands.exec());
    return ending.map(({ session }) => session.sessionId);
  }

  private async sessionsOf(user: string): Promise<{ readonly key: string; readonly session: Session }[]> {
    const keys = await this.redis.zrange(userSessionsKey(user), '0', '-1');
    if (keys.length === 0) return [];
    const texts = await this.redis.mget(...keys);
    const read = keys.map(async (key, i) => ({ key, session: await readSession(this.schema, texts[i] ?? null) }));
    return (await Promise.all(read)).flatMap(({ key, session }) => (session === undefined ? [] : [{ key, session }]));
  }

  private async store(secret: string, session: Session): Promise<void> {
    const key = sessionKey(secret);
    const list = userSessionsKey(session.userId);
    const lastMs = Date.parse(session.expiresAt);
    const commands = this.redis
      .multi()
      .set(key, JSON.stringify(session), 'PXAT', Date.parse(session.idleExpiresAt))
      .zadd(list, lastMs, key)
      .zremrangebyscore(list, '-inf', this.now().getTime())
      .pexpireat(list, lastMs);
    await executed(commands.exec());
  }

  private renewed(session: Session): Session {
    const seenAt = this.now();
    const idle = Math.min(seenAt.getTime() + this.idleMs, Date.parse(session.expiresAt));
    return { ...session, lastSeenAt: seenAt.toISOString(), idleExpiresAt: new Date(idle).toISOString() };
  }
}

async function executed(answers: Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
  return ((await answers) ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}
