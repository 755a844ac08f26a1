import { Redis } from 'ioredis';
import { openWithRetries, type Dependency } from './dependency.ts';
import type { Logger } from './log.ts';
import { inOneWrite } from './one-write.ts';

export type { Redis } from 'ioredis';

/** Where Redis is and who logs in. */
export interface RedisOptions {
  /** Address without credentials. */
  readonly url: string;
  /** @default - no login */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Name of the connection in `CLIENT LIST`. */
  readonly name: string;
  /** Milliseconds in which it must have answered at start. */
  readonly deadlineMs: number;
  /** Milliseconds after which a command counts as failed, and a connection without an answer is given up. @default 2000 */
  readonly commandTimeoutMs?: number;
  readonly log: Logger;
}

const LONGEST_RECONNECT_MS = 2000;
/** What a server says that was the primary. */
const DEMOTED = /\b(READONLY|MASTERDOWN)\b/;
/** Shortest time between two reconnects for that reason. */
const FAILOVER_MS = 1000;

/**
 * Redis whose commands of one turn of the event loop leave in one write. The client's own way to that (`enableAutoPipelining`)
 * makes a pipeline for each write, an object with a getter of its own, and V8 keeps that with all its commands beyond every
 * young collection until the next full one.
 */
class CorkedRedis extends Redis {
  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    // there is none before the client connects
    const own = this.stream as Redis['stream'] | undefined;
    if (own?.writable === true) inOneWrite(own);
    return super.sendCommand(command, stream);
  }
}

/**
 * Connects to Redis. While it is away every command fails at once instead of waiting in a queue, so a request answers 503
 * quickly; the client itself reconnects forever.
 */
export async function openRedis(options: RedisOptions): Promise<Redis> {
  const { log, commandTimeoutMs = 2000 } = options;
  return await openWithRetries(
    {
      dependency: 'redis',
      login: 'REDIS_USER and REDIS_PASSWORD',
      deadlineMs: options.deadlineMs,
      onRetry: (err, pauseMs) => log.warn({ err, pauseMs }, 'redis is not available yet'),
    },
    async () => {
      const redis = new CorkedRedis(options.url, {
        ...(options.user === undefined ? {} : { username: options.user }),
        ...(options.password === undefined ? {} : { password: options.password }),
        connectionName: options.name,
        lazyConnect: true,
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        autoResendUnfulfilledCommands: false,
        commandTimeout: commandTimeoutMs,
        // without it the dead connection stays, and each further command waits in vain
        socketTimeout: commandTimeoutMs,
        reconnectOnError: mayReconnect(),
        connectTimeout: 5000,
        retryStrategy: (times) => Math.min(50 * 2 ** times, LONGEST_RECONNECT_MS),
      });
      let last: Error | undefined;
      redis.on('error', (err: Error) => {
        last = err;
        log.warn({ err }, 'redis connection');
      });
      try {
        await redis.connect();
        await redis.ping();
        return redis;
      } catch (error) {
        redis.disconnect();
        throw last ?? error;
      }
    },
  );
}

/**
 * Whether an error asks for another connection: after a failover the one that is there leads to a server that takes no writes
 * any more. At most once in a while, so that reads go on where only replicas are left.
 */
function mayReconnect(): (error: Error) => boolean {
  let lastAt = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    if (!DEMOTED.test(message) || performance.now() - lastAt < FAILOVER_MS) return false;
    lastAt = performance.now();
    return true;
  };
}

/** Redis as a dependency; sessions and limits need it, so what asks for them answers 503 without it. */
export function redisDependency(redis: Redis): Dependency {
  return {
    name: 'redis',
    required: false,
    check: async () => {
      if (redis.status !== 'ready') return { up: false, detail: `connection is ${redis.status}` };
      await redis.ping();
      return { up: true };
    },
  };
}
