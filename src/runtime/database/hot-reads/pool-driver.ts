/**
 * Kysely's driver on a pool of pg. `begin` waits for the first statement of its transaction and leaves in one write with it,
 * so it costs no round trip of its own; a commit that PostgreSQL answered with a rollback is an error.
 */
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely';
import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { Lease } from '../bounded-client.ts';
import { assertCommitted } from '../checked-pool.ts';

/** Commands whose count of rows is that of the rows they changed. */
const CHANGING = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** Each connection is one of the pool; its clients have `pipeline: true`. */
export class PoolDriver implements Driver {
  private readonly pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.pool = pool;
  }

  async init(): Promise<void> {
    await Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new PooledConnection(await Lease.from(this.pool));
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    pooled(connection).begin(settings);
    await Promise.resolve();
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await pooled(connection).commit();
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await pooled(connection).rollback();
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    pooled(connection).lease.release();
    await Promise.resolve();
  }

  async destroy(): Promise<void> {
    await this.pool.end();
  }
}

function pooled(connection: DatabaseConnection): PooledConnection {
  if (connection instanceof PooledConnection) return connection;
  throw new Error('this connection belongs to another driver');
}

class PooledConnection implements DatabaseConnection {
  readonly lease: Lease;
  /** A transaction's beginning that is not sent yet. */
  private beginning: string | undefined;

  constructor(lease: Lease) {
    this.lease = lease;
  }

  begin({ isolationLevel, accessMode }: TransactionSettings): void {
    const modes = [isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean);
    this.beginning = ['begin', ...modes].join(' ');
  }

  async commit(): Promise<void> {
    if (this.takeBeginning() !== undefined) return;
    assertCommitted(await this.lease.query('commit'));
  }

  async rollback(): Promise<void> {
    if (this.takeBeginning() === undefined) await this.lease.rollback();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.send(query);
    const changed = CHANGING.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {};
    // several statements in one text have no rows of their own
    return { ...changed, rows: (rows as R[] | undefined) ?? [] };
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    await Promise.reject(new Error('rows cannot be streamed on a pipelined connection: read them in pages'));
  }

  private async send({ sql, parameters }: CompiledQuery): Promise<pg.QueryResult> {
    const beginning = this.takeBeginning();
    if (beginning === undefined) return await this.lease.query(sql, parameters);
    this.lease.assertPatience();
    const { client } = this.lease;
    const socket = socketOf(client);
    socket?.cork();
    const both = [client.query(beginning), client.query(sql, [...parameters])] as const;
    socket?.uncork();
    const [, result] = await this.lease.judge(Promise.all(both));
    return result;
  }

  private takeBeginning(): string | undefined {
    const { beginning } = this;
    this.beginning = undefined;
    return beginning;
  }
}

/** The stream that a client writes to; pg's types do not show it, and without it both leave in a write each. */
function socketOf(client: pg.ClientBase): Duplex | undefined {
  return (client as unknown as { readonly connection?: { readonly stream?: Duplex } }).connection?.stream;
}
