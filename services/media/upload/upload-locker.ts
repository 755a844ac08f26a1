/**
 * Locks of uploads in Redis, so that two replicas never write to one file. Who wants a lock that is held asks its holder to
 * let go (a client that reconnects finds its old request still open); a holder that was killed lets go by its lock's expiry.
 */
import type { Redis } from '#runtime';
import { HttpError } from '#services/platform';
import type { Lock, Locker, RequestRelease } from '@tus/server';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '../service.ts';

const LOCK_MS = 10_000;
const LOOK_EVERY_MS = 250;
const WAIT_MS = 15_000;

const EXTEND = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
const FREE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** Makes locks of uploads; `prefix` is that of media's own keys. */
export function uploadLocker(redis: Redis, prefix: string): Locker {
  return { newLock: (id) => uploadLock(redis, `${prefix}upload-lock:${id}`) };
}

/**
 * Does something to the file of an upload while nobody writes to it: a request that does is cut off first. Otherwise its
 * bytes would go on taking space of a file that has no name any more. Throws `conflict` if that request does not let go.
 */
export async function whileNobodyWrites(
  { redis, config }: Pick<Service, 'redis' | 'config'>,
  uploadId: string,
  work: () => Promise<void>,
): Promise<void> {
  const lock = uploadLocker(redis, config.REDIS_PREFIX).newLock(uploadId);
  try {
    await lock.lock(new AbortController().signal, () => undefined);
  } catch (error) {
    // without Redis every writer lets go by itself
    if (error instanceof HttpError) throw error;
  }
  try {
    await work();
  } finally {
    await lock.unlock();
  }
}

function uploadLock(redis: Redis, key: string): Lock {
  const wantedKey = `${key}:wanted`;
  const token = randomUUID();
  let held: NodeJS.Timeout | undefined;

  async function lock(stop: AbortSignal, requestRelease: RequestRelease): Promise<void> {
    const startedAt = performance.now();
    while ((await redis.set(key, token, 'PX', LOCK_MS, 'NX')) === null) {
      if (stop.aborted || performance.now() - startedAt > WAIT_MS) {
        throw new HttpError('conflict', { detail: 'another request is still writing to this upload' });
      }
      await redis.set(wantedKey, token, 'PX', LOOK_EVERY_MS * 4);
      await pause(LOOK_EVERY_MS / 2);
    }
    await redis.del(wantedKey);
    hold(requestRelease);
  }

  /** Keeps the lock alive, and lets go when somebody wants it or it is lost. */
  function hold(requestRelease: RequestRelease): void {
    let looking = false;
    held = setInterval(() => {
      if (looking) return;
      looking = true;
      void look(requestRelease).finally(() => {
        looking = false;
      });
    }, LOOK_EVERY_MS);
  }

  async function look(requestRelease: RequestRelease): Promise<void> {
    try {
      const kept = await redis.eval(EXTEND, 1, key, token, LOCK_MS);
      if (kept === 1 && (await redis.exists(wantedKey)) === 0) return;
    } catch {
      // without Redis the lock cannot be kept; what arrived is on the disk, the client goes on from there
    }
    await requestRelease();
  }

  return {
    lock,
    async unlock() {
      clearInterval(held);
      await redis.eval(FREE, 1, key, token).catch(() => undefined);
    },
  };
}
