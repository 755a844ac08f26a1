/** PostgreSQL for kysely, with a shared connection for hot reads beside the pool. */
import {
  PostgresDialect,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';
import type { HotReads } from './hot-reads.ts';
import { PoolDriver } from './pool-driver.ts';

/** Kysely's dialect on a pool; plain reads may run on the shared connection. */
export class HotReadDialect extends PostgresDialect {
  private readonly pool: pg.Pool;
  private readonly hotReads: HotReads;

  constructor(pool: pg.Pool, hotReads: HotReads) {
    super({ pool });
    this.pool = pool;
    this.hotReads = hotReads;
  }

  override createDriver(): Driver {
    return new HotReadDriver(new PoolDriver(this.pool), this.hotReads);
  }
}

/** A driver whose connections take one of the pool only when they need it. */
class HotReadDriver implements Driver {
  private readonly pooled: Driver;
  private readonly hotReads: HotReads;

  constructor(pooled: Driver, hotReads: HotReads) {
    this.pooled = pooled;
    this.hotReads = hotReads;
  }

  async init(): Promise<void> {
    await this.pooled.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(new LateConnection(this.pooled, this.hotReads));
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await this.pooled.beginTransaction(await ownOf(connection), settings);
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.pooled.commitTransaction(await ownOf(connection));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.pooled.rollbackTransaction(await ownOf(connection));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (!(connection instanceof LateConnection) || connection.taken === undefined) return;
    await this.pooled.releaseConnection(await connection.taken);
  }

  async destroy(): Promise<void> {
    await this.hotReads.close();
    await this.pooled.destroy();
  }
}

/** A connection that is one of the pool from its first statement that is no hot read. */
class LateConnection implements DatabaseConnection {
  taken: Promise<DatabaseConnection> | undefined;
  private readonly pooled: Driver;
  private readonly hotReads: HotReads;

  constructor(pooled: Driver, hotReads: HotReads) {
    this.pooled = pooled;
    this.hotReads = hotReads;
  }

  async take(): Promise<DatabaseConnection> {
    this.taken ??= this.pooled.acquireConnection();
    return await this.taken;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const hot = this.taken === undefined ? await this.hotReads.run(query) : undefined;
    if (hot !== undefined) return hot as QueryResult<R>;
    const connection = await this.take();
    const startedAt = performance.now();
    const result = await connection.executeQuery<R>(query);
    this.hotReads.ran(query, performance.now() - startedAt);
    return result;
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<R>> {
    yield* (await this.take()).streamQuery<R>(query, chunkSize);
  }
}

async function ownOf(connection: DatabaseConnection): Promise<DatabaseConnection> {
  return connection instanceof LateConnection ? await connection.take() : connection;
}
