/**
 * PostgreSQL through Kysely: one pool per process, everything in the service's own schema. The dialect is Kysely's own; a
 * service may opt in to that of hot-reads/. Statements are not prepared by name, but for hot reads: a named one fails once
 * after another version of the service has added a column ("cached plan must not change result type"), and old and new pods
 * run together.
 */
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { openWithRetries, type Dependency } from '../dependency.ts';
import type { Logger } from '../log.ts';
import { checkedPool } from './checked-pool.ts';
import { HotReadDialect } from './hot-reads/dialect.ts';
import { openHotReads } from './hot-reads/hot-reads.ts';
import type { RuntimeTables } from './runtime-tables.ts';

/** A database with the tables of a service and those of the runtime. */
export type Database<Tables = unknown> = Kysely<Tables & RuntimeTables>;
/** A transaction on a {@link Database}. */
export type DatabaseTransaction<Tables = unknown> = Transaction<Tables & RuntimeTables>;

/** Where the database is, and how much of it a process takes. */
export interface DatabaseOptions {
  /** `postgresql://user:password@host:port/database?application_name=…`. */
  readonly url: string;
  /** Schema of the service; unqualified names are looked up there alone. */
  readonly schema: string;
  /** Most connections, that of the hot reads included. */
  readonly poolMax: number;
  /** Milliseconds in which it must have answered at start. */
  readonly deadlineMs: number;
  /** Milliseconds after which the server ends a statement. @default 15000 */
  readonly statementTimeoutMs?: number;
  /** Whether frequent quick reads share a connection, prepared by name, as hot-reads/hot-reads.ts says. @default false */
  readonly hotReads?: boolean;
  readonly log: Logger;
}

/** A pool and kysely on it. */
export interface OpenDatabase<Tables = unknown> {
  readonly db: Database<Tables>;
  /** The same as a dependency for `/readyz`. */
  readonly dependency: Dependency;
  /** Waits for running statements, then closes all connections. */
  close(): Promise<void>;
}

const INT8_OID = 20;

/** Opens the pool and asks once; retried until the deadline. */
export async function openDatabase<Tables>(options: DatabaseOptions): Promise<OpenDatabase<Tables>> {
  const { log } = options;
  const config = connectionConfig(options);
  const hotReads = options.hotReads === true ? openHotReads(config, log) : undefined;
  // one of the connections is that of the hot reads
  const max = Math.max(1, options.poolMax - (hotReads === undefined ? 0 : 1));
  const pool = new pg.Pool({ ...config, pipeline: hotReads !== undefined, max, idleTimeoutMillis: 30_000 });
  // a connection that is lost in the middle of a transaction tells itself, and the pool only of idle ones
  pool.on('connect', (client) => client.on('error', (err) => log.warn({ err }, 'a connection to postgres was lost')));
  pool.on('error', () => undefined);
  const dialect =
    hotReads === undefined ? new PostgresDialect({ pool: checkedPool(pool) }) : new HotReadDialect(pool, hotReads);
  const db = new Kysely<Tables & RuntimeTables>({ dialect });
  try {
    await openWithRetries(
      {
        dependency: 'postgres',
        login: 'DB_USER and DB_PASS',
        deadlineMs: options.deadlineMs,
        onRetry: (err, pauseMs) => log.warn({ err, pauseMs }, 'postgres is not available yet'),
      },
      async () => await sql`select 1`.execute(db),
    );
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    db,
    dependency: databaseDependency(db as unknown as Kysely<unknown>),
    close: async () => await db.destroy(),
  };
}

/** How each connection is opened. */
export function connectionConfig(
  options: Pick<DatabaseOptions, 'url' | 'schema' | 'statementTimeoutMs'>,
): pg.ClientConfig {
  return {
    connectionString: options.url,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    statement_timeout: options.statementTimeoutMs ?? 15_000,
    idle_in_transaction_session_timeout: 60_000,
    options: `-c search_path=${searchPath(options.schema)}`,
    types: { getTypeParser },
  };
}

/** The database as a dependency without which a service takes no requests. */
function databaseDependency(db: Kysely<unknown>): Dependency {
  return {
    name: 'postgres',
    required: true,
    check: async () => {
      await sql`select 1`.execute(db);
      return { up: true };
    },
  };
}

/** A schema's name as a value of `search_path`, with what the start-up packet wants escaped. */
function searchPath(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ');
}

/** `bigint` as a number, as counts and positions are; everything else as pg reads it. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === INT8_OID) return readInt8;
  return pg.types.getTypeParser(oid, format as 'text');
}

function readInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`bigint is ${text}, must be within ±2^53: select it as text`);
  return value;
}
