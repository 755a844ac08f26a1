/** Opens the stores that a declaration has. The client of a store is loaded only where it is used. */
import { declares } from './definition.ts';
import type { StartedDatabase } from './database/start-database.ts';
import type { Migrations } from './database/define-migrations.ts';
import type { OpenNats } from './events/connection.ts';
import type { Health } from './http/health.ts';
import type { Metrics } from './http/metrics.ts';
import type { Lifetime } from './lifetime.ts';
import type { Logger } from './log.ts';
import type { Redis } from './redis.ts';
import type { AnyDeclaration } from './service.ts';
import type { Settings } from './settings.ts';

/** The open stores of a service. */
export interface Stores {
  readonly database: StartedDatabase | undefined;
  readonly redis: Redis | undefined;
  readonly nats: OpenNats | undefined;
}

/** Opens PostgreSQL and migrates, then Redis, then NATS; each closes with the service and shows in `/readyz`. */
export async function openStores(
  declaration: AnyDeclaration,
  settings: Settings,
  around: {
    readonly migrations: Migrations | undefined;
    readonly hotReads: boolean;
    readonly life: Lifetime;
    readonly health: Health;
    readonly metrics: Metrics;
    readonly log: Logger;
    readonly onFatal: (error: Error) => void;
  },
): Promise<Stores> {
  const { life, health, log, onFatal } = around;
  const opening = { deadlineMs: settings.startDeadlineMs, log };
  const database = declares(declaration, 'DATABASE_URL')
    ? await (
        await clientOf('DATABASE_URL', 'pg kysely', async () => await import('./database/start-database.ts'))
      ).startDatabase(settings, around)
    : undefined;

  const redis = declares(declaration, 'REDIS_URL') ? await openRedisOf(settings, opening) : undefined;
  if (redis !== undefined) {
    life.addStore('redis', async () => {
      await redis.redis.quit().catch(() => redis.redis.disconnect());
    });
    health.add(redis.dependency);
  }

  const nats = declares(declaration, 'NATS_URL')
    ? await (
        await clientOf('NATS_URL', 'nats', async () => await import('./events/connection.ts'))
      ).openNats({ ...settings.nats, ...opening, onFatal })
    : undefined;
  if (nats !== undefined) {
    life.addStore('nats', nats.close);
    health.add(nats.dependency);
  }
  return { database, redis: redis?.redis, nats };
}

async function openRedisOf(settings: Settings, opening: { readonly deadlineMs: number; readonly log: Logger }) {
  const load = async () => await import('./redis.ts');
  const { openRedis, redisDependency } = await clientOf('REDIS_URL', 'ioredis', load);
  const redis = await openRedis({ ...settings.redis, ...opening });
  return { redis, dependency: redisDependency(redis) };
}

/** Loads the client of a store; says which packages to install when they are missing. */
async function clientOf<Client>(variable: string, packages: string, load: () => Promise<Client>): Promise<Client> {
  try {
    return await load();
  } catch (error) {
    if (!MISSING.includes((error as NodeJS.ErrnoException).code)) throw error;
    throw new Error(`the declaration has ${variable}, which needs packages that are missing: npm install ${packages}`, {
      cause: error,
    });
  }
}

const MISSING: readonly (string | undefined)[] = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];
