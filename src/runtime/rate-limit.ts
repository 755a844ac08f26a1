/**
 * Limits as sliding windows in Redis, shared by all replicas: a sorted set holds the instants of what was let through. One
 * script with the clock of Redis trims, counts and adds, so calls at the same moment cannot pass together.
 */
import { hash, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A limit: how many in which time. */
export interface RateRule {
  /** Name in the key and in `RateLimit-Policy`: lowercase, dashes. */
  readonly name: string;
  /** How many within the window. */
  readonly limit: number;
  /** Length of the sliding window, in seconds. */
  readonly windowSeconds: number;
  /** Whether answers tell nothing of it until it refuses: its figures would show what the key stands for. @default false */
  readonly untold?: boolean;
}

/** What a limit said. */
export interface RateDecision {
  /** Whether this one may pass. */
  readonly allowed: boolean;
  /** The limit that was asked. */
  readonly rule: RateRule;
  /** How many more may follow at once. */
  readonly remaining: number;
  /** Seconds until the window is empty again, or, when refused, until the next one passes; rounded up. */
  readonly resetSeconds: number;
}

/** Takes one from a limit and says whether it was there; throws when Redis is away. */
export type RateLimiter = (rule: RateRule, key: string) => Promise<RateDecision>;

const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = tonumber(ARGV[2]) * 1000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local count = redis.call('ZCARD', KEYS[1])
local limit = tonumber(ARGV[1])
if count < limit then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {1, limit - count - 1, ARGV[2]}
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local wait = window
if oldest[2] then wait = oldest[2] + window - now end
return {0, 0, string.format('%.0f', math.ceil(wait / 1000))}
`;

/** The limiter of a service; its keys start with `rl:<service>:` and hold a hash in place of the address or name. */
export function rateLimiter(redis: Redis, service: string): RateLimiter {
  return async (rule, key) => {
    const windowMs = Math.round(rule.windowSeconds * 1000);
    const subject = hash('sha256', key, 'base64url').slice(0, 27);
    const name = `rl:${service}:${rule.name}:${subject}`;
    const answer = await takeOne(redis, name, rule.limit, windowMs, randomUUID());
    const [allowed, remaining, resetMs] = (answer as unknown[]).map(Number);
    return {
      allowed: allowed === 1,
      rule,
      remaining: remaining ?? 0,
      resetSeconds: Math.ceil((resetMs ?? windowMs) / 1000),
    };
  };
}

const SCRIPT_SHA = hash('sha1', SCRIPT);

/** Runs the script by its hash; sends it whole when Redis does not know it, as after a restart. */
async function takeOne(redis: Redis, ...[name, limit, windowMs, id]: [string, number, number, string]) {
  try {
    return await redis.evalsha(SCRIPT_SHA, 1, name, limit, windowMs, id);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return await redis.eval(SCRIPT, 1, name, limit, windowMs, id);
  }
}

/** Headers that tell a client of a limit; with `Retry-After` when it was refused. */
export function rateHeaders({ allowed, rule, remaining, resetSeconds }: RateDecision): Record<string, string> {
  return {
    'RateLimit-Policy': `${rule.limit};w=${rule.windowSeconds}`,
    'RateLimit-Limit': String(rule.limit),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': String(resetSeconds),
    ...(allowed ? {} : { 'Retry-After': String(Math.max(1, resetSeconds)) }),
  };
}
