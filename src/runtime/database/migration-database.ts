/**
 * Connections for migrations, beside those of the service: a pool of one connection is enough for requests and not for a
 * migration under a lock, and a migration may take longer than a request.
 */
import {
  CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
  type DatabaseConnection,
  type Driver,
  type PostgresDialectConfig,
  type TransactionSettings,
} from 'kysely';
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
  options: Pick<DatabaseOptions, 'url' | 'schema' | 'log'>,
  migrations: Migrations<Tables> | undefined,
): Promise<void> {
  const { schema, log } = options;
  const config = connectionConfig(options, { statementMs: 0, idleInTransactionMs: 0 });
  const bound = new AnswerBound(HOUR_MS);
  const pooled = { ...config, bound, max: CONNECTIONS };
  const pool = new pg.Pool({ ...pooled, Client: BoundedClient as unknown as pg.PoolConfig['Client'] });
  // what fails on a connection is told by its statement
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  const db = new Kysely<Tables & RuntimeTables>({ dialect: new MigrationDialect({ pool: checkedPool(pool) }) });
  try {
    await migrate(db, schema, migrations, (awaited) => {
      log.info({ schema, awaited }, 'another process migrates the schema, waits until it has ended');
    });
  } finally {
    await db.destroy();
  }
}

/** Kysely's own lock is one for the whole database: every service would wait for the longest migration of any. */
class MigrationDialect extends PostgresDialect {
  private readonly config: PostgresDialectConfig;

  constructor(config: PostgresDialectConfig) {
    super(config);
    this.config = config;
  }

  override createDriver(): Driver {
    return new UnlimitedDriver(this.config);
  }

  override createAdapter(): PostgresAdapter {
    return new UnlockedAdapter();
  }
}

/** A pooler may drop the limits that a connection starts with, and those of the role hold then: for requests, not for these. */
class UnlimitedDriver extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await super.beginTransaction(connection, settings);
    await connection.executeQuery(CompiledQuery.raw(NO_LIMITS));
  }
}

/** `transaction_timeout` came with PostgreSQL 17. */
const NO_LIMITS = `select set_config(name, '0', true) from pg_settings
  where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;

/** `migrate` locks the schema. */
class UnlockedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {
    await Promise.resolve();
  }

  override async releaseMigrationLock(): Promise<void> {
    await Promise.resolve();
  }
}
