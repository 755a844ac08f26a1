/**
 * Connections for migrations, beside those of the service: a pool of one connection is enough for requests and not for a
 * migration under a lock, and a migration may take longer than a request.
 */
import { Kysely, PostgresAdapter, PostgresDialect } from 'kysely';
import pg from 'pg';
import { AnswerBound, BoundedClient } from './bounded-client.ts';
import { checkedPool } from './checked-pool.ts';
import { connectionConfig } from './connection-config.ts';
import type { DatabaseOptions } from './database.ts';
import type { Migrations } from './define-migrations.ts';
import { migrate } from './migrations.ts';
import type { RuntimeTables } from './runtime-tables.ts';

/** One for the lock, one that migrates, one that reads the ledger. */
const CONNECTIONS = 3;
const HOUR_MS = 3_600_000;

/** Migrates a schema on connections of its own, which are closed afterwards. Throws with the name of the migration that failed. */
export async function migrateApart<Tables>(
  options: Pick<DatabaseOptions, 'url' | 'schema'>,
  migrations: Migrations<Tables> | undefined,
): Promise<void> {
  const config = connectionConfig(options, { statementMs: 0, idleInTransactionMs: 0 });
  const bound = new AnswerBound(HOUR_MS);
  const pooled = { ...config, bound, max: CONNECTIONS };
  const pool = new pg.Pool({ ...pooled, Client: BoundedClient as unknown as pg.PoolConfig['Client'] });
  // what fails on a connection is told by its statement
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  const db = new Kysely<Tables & RuntimeTables>({ dialect: new MigrationDialect({ pool: checkedPool(pool) }) });
  try {
    await migrate(db, options.schema, migrations);
  } finally {
    await db.destroy();
  }
}

/** Kysely's own lock is one for the whole database: every service would wait for the longest migration of any. */
class MigrationDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new UnlockedAdapter();
  }
}

/** `migrate` locks the schema. */
class UnlockedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {
    await Promise.resolve();
  }

  override async releaseMigrationLock(): Promise<void> {
    await Promise.resolve();
  }
}
