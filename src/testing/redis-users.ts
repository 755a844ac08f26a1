/** Users of the services on a Redis that others use too. */
import type { Redis } from 'ioredis';

/** Users that were made. */
export interface RedisUsers {
  /** Deletes them. */
  stop(): Promise<void>;
}

/** Start of the names of these users; random, so that no user of the server is changed. */
export type RedisUserPrefix = `test-${string}-`;

/** Makes the services' users in a file of users, with their passwords and permissions; none is left when one cannot be made. */
export async function makeRedisUsers(url: string, acl: string, prefix: RedisUserPrefix): Promise<RedisUsers> {
  const users = acl
    .split('\n')
    .filter((line) => /^user (?!default |probe |admin )/.test(line))
    .map((line) => line.split(' ').slice(1))
    .map(([name = '', ...rules]) => ({ name: `${prefix}${name}`, rules }));
  const stop = async (): Promise<void> => {
    if (users.length === 0) return;
    await withRedis(url, async (redis) => void (await redis.acl('DELUSER', ...users.map(({ name }) => name))));
  };
  try {
    await withRedis(url, async (redis) => {
      for (const { name, rules } of users) await redis.acl('SETUSER', name, ...rules);
    });
  } catch (error) {
    // a server that refuses to make users may refuse to delete them, too
    await stop().catch(() => undefined);
    throw error;
  }
  return { stop };
}

async function withRedis(url: string, work: (redis: Redis) => Promise<void>): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url);
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}
