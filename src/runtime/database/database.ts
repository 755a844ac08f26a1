/**
 * PostgreSQL through Kysely: one pool per process, everything in the service's own schema. The dialect is Kysely's own; a
 * service may opt in to that of hot-reads/. Statements are not prepared by name, but for hot reads: a named one fails once
 * after another version of the service has added a column ("cached plan must not change result type"), and old and new pods
 * run together.
 */
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { openWithRetries, textOf, type Dependency } from '../dependency.ts';
import type { Logger } from '../log.ts';
import { DependencyError } from '../unavailable.ts';
import { AnswerBound, BoundedClient } from './bounded-client.ts';
import { checkedPool } from './checked-pool.ts';
import { connectionConfig, REQUEST_LIMITS } from './connection-config.ts';
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
  /** Milliseconds after which the server ends a statement; one that is not answered a second later costs its connection. @default 5000 */
  readonly statementTimeoutMs?: number;
  /** Whether frequent quick reads share a connection, prepared by name, as hot-reads/hot-reads.ts says. @default false */
  readonly hotReads?: boolean;
  /** Where it reports lost connections and slow starts. */
  readonly log: Logger;
}

/** A pool and kysely on it. */
export interface OpenDatabase<Tables = unknown> {
  /** Kysely on the pool. */
  readonly db: Database<Tables>;
  /** The same as a dependency for `/readyz`. */
  readonly dependency: Dependency;
  /** Waits for running statements, then closes all connections. */
  close(): Promise<void>;
}

/** Milliseconds beyond the server's own limit in which an answer must be here. */
const ANSWER_MS = 1000;
/** What to set where a pooler is between. */
const POOLER_SETTINGS =
  'set ignore_startup_parameters = options there, and search_path and statement_timeout by alter role';
/** A server that answered so many milliseconds ago is there. */
const RECENT_MS = 2000;

/** Opens the pool and asks once; retried until the deadline. */
export async function openDatabase<Tables>(options: DatabaseOptions): Promise<OpenDatabase<Tables>> {
  const { log, statementTimeoutMs: statementMs = REQUEST_LIMITS.statementMs } = options;
  const bound = new AnswerBound(statementMs + ANSWER_MS);
  const config = connectionConfig(options, { ...REQUEST_LIMITS, statementMs });
  // one of the connections is that of the hot reads, so a single one has none
  const hotReads = options.hotReads === true && options.poolMax > 1 ? openHotReads(config, log) : undefined;
  const max = Math.max(1, options.poolMax - (hotReads === undefined ? 0 : 1));
  const pooled = { ...config, bound, pipeline: hotReads !== undefined, max, idleTimeoutMillis: 30_000 };
  // pg's types know only a client without config, but its pool hands it its own
  const pool = new pg.Pool({ ...pooled, Client: BoundedClient as unknown as pg.PoolConfig['Client'] });
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
      async () => await assertSchema(db, options.schema),
    );
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    db,
    dependency: databaseDependency(db as unknown as Kysely<unknown>, pool, bound),
    close: async () => await db.destroy(),
  };
}

/** An identifier as PostgreSQL writes it in a setting, without its quotes. */
function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/**
 * Asks once whether connections look up names in the schema: a pooler may drop the parameters that a connection starts with,
 * or refuse them, which no waiting mends.
 */
async function assertSchema<Tables>(db: Database<Tables>, schema: string): Promise<void> {
  const { rows } = await sql<{ path: string }>`select current_setting('search_path') as path`
    .execute(db)
    .catch((cause: unknown) => {
      if (!/unsupported startup parameter/.test(textOf(cause))) throw cause;
      const message = `the pooler before postgres refuses start parameters (${textOf(cause)}): ${POOLER_SETTINGS}`;
      throw new DependencyError('postgres', message, { cause, refused: true });
    });
  const path = unquoted(rows[0]?.path ?? '');
  if (path === schema) return;
  const message = `postgres looks up names in ${path}, must be ${schema}, since a pooler drops start parameters: ${POOLER_SETTINGS}`;
  throw new DependencyError('postgres', message, { refused: true });
}

/** The database as a dependency. A pool whose connections are all in use answers as long as they are answered. */
function databaseDependency(db: Kysely<unknown>, pool: pg.Pool, bound: AnswerBound): Dependency {
  return {
    name: 'postgres',
    required: false,
    check: async () => {
      const busy = pool.idleCount === 0 && pool.totalCount >= pool.options.max;
      if (busy && performance.now() - bound.answeredAt < RECENT_MS) {
        return { up: true, detail: 'all connections of the pool are in use' };
      }
      const { rows } = await sql<{ on: string }>`select current_setting('transaction_read_only') as on`.execute(db);
      return rows[0]?.on === 'on' ? { up: false, detail: 'takes no writes (read-only)' } : { up: true };
    },
  };
}
