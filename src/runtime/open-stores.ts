import { openDatabase, type OpenDatabase } from './database/database.ts';
import { migrate, type Migrations } from './database/migrations.ts';
import { openNats, type NatsLink } from './events/connection.ts';
import type { Health } from './http/health.ts';
import type { Lifetime } from './lifetime.ts';
import type { Logger } from './log.ts';
import { openRedis, redisDependency, type Redis } from './redis.ts';
import type { PlatformConfig } from './service.ts';

/** The three stores of a service, open. */
export interface Stores<Tables> {
  readonly database: OpenDatabase<Tables>;
  readonly redis: Redis;
  readonly nats: NatsLink;
}

/** Opens PostgreSQL and migrates, then Redis, then NATS; each is closed with the service and shown in `/readyz`. */
export async function openStores<Tables>(
  config: PlatformConfig,
  around: {
    readonly migrations: Migrations<Tables>;
    readonly life: Lifetime;
    readonly health: Health;
    readonly log: Logger;
    readonly onFatal: (error: Error) => void;
  },
): Promise<Stores<Tables>> {
  const { life, health, log } = around;
  const deadlineMs = config.START_DEADLINE_S * 1000;
  const database = await openDatabase<Tables>({
    url: config.DATABASE_URL,
    schema: config.DB_SCHEMA,
    poolMax: config.DB_POOL_MAX,
    ...{ deadlineMs, log },
  });
  life.addStore('postgres', database.close);
  health.add(database.dependency);
  await migrate(database.db, config.DB_SCHEMA, around.migrations);

  const redis = await openRedis({
    url: config.REDIS_URL,
    user: config.REDIS_USER,
    password: config.REDIS_PASSWORD,
    name: config.NATS_CLIENT_NAME,
    ...{ deadlineMs, log },
  });
  life.addStore('redis', async () => {
    await redis.quit().catch(() => redis.disconnect());
  });
  health.add(redisDependency(redis));

  const nats = await openNats({
    url: config.NATS_URL,
    user: config.NATS_USER,
    password: config.NATS_PASSWORD,
    name: config.NATS_CLIENT_NAME,
    inboxPrefix: config.NATS_INBOX_PREFIX,
    onFatal: around.onFatal,
    ...{ deadlineMs, log },
  });
  life.addStore('nats', nats.close);
  health.add(nats.dependency);
  return { database, redis, nats };
}
