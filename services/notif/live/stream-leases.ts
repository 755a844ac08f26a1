/**
 * How many streams a user has open, over all replicas: a sorted set in Redis holds one member for each, with the instant
 * at which it no longer counts. An open stream renews its lease; those of a process that died run out.
 */
import type { Redis } from '#runtime';

const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`;

const RENEW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
`;

/** A lease lives for so many pings without being renewed. */
const LEASE_PINGS = 3;

/** One open stream. */
export interface StreamLease {
  readonly userId: string;
  /** Unique over all replicas. */
  readonly streamId: string;
}

/** The leases of all streams. */
export class StreamLeases {
  private readonly redis: Redis;
  private readonly prefix: string;
  private readonly perUser: number;
  private readonly leaseMs: number;

  constructor(redis: Redis, options: { readonly prefix: string; readonly perUser: number; readonly pingMs: number }) {
    this.redis = redis;
    this.prefix = options.prefix;
    this.perUser = options.perUser;
    this.leaseMs = LEASE_PINGS * options.pingMs;
  }

  /** Takes a lease; false when the user has as many streams as they may. Throws when Redis is away. */
  async take({ userId, streamId }: StreamLease): Promise<boolean> {
    const taken = await this.redis.eval(TAKE, 1, this.key(userId), this.perUser, this.leaseMs, streamId);
    return Number(taken) === 1;
  }

  /** Renews the lease of a stream that is still open. */
  async renew({ userId, streamId }: StreamLease): Promise<void> {
    await this.redis.eval(RENEW, 1, this.key(userId), this.leaseMs, streamId);
  }

  /** Gives a lease back. */
  async release({ userId, streamId }: StreamLease): Promise<void> {
    await this.redis.zrem(this.key(userId), streamId);
  }

  private key(userId: string): string {
    return `${this.prefix}streams:${userId}`;
  }
}
