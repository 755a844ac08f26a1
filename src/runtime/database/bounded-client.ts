/**
 * Connections to PostgreSQL that cannot fall silent unnoticed. The server ends a statement that takes too long; but when the
 * route is gone, or the server hangs, nobody answers at all, and pg waits forever. Here each statement, a commit too, is
 * answered in time, or its connection is destroyed with all that wait on it.
 *
 * Where one connection fell silent, others that were open at that time probably did too: they are not taken from the pool again.
 */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import pg from 'pg';
import { textOf } from '../dependency.ts';
import { currentPatience } from '../patience.ts';
import { DependencyError, isSocketError, isStoreAway } from '../unavailable.ts';

/** What the connections of a process have in common. */
export class AnswerBound {
  /** Milliseconds in which a statement is answered, after the one before it. */
  readonly withinMs: number;
  /** When a connection fell silent last, by `performance.now()`. */
  silentAt = Number.NEGATIVE_INFINITY;
  /** When PostgreSQL answered last, by `performance.now()`. */
  answeredAt = Number.NEGATIVE_INFINITY;

  constructor(withinMs: number) {
    this.withinMs = withinMs;
  }
}

/** Config of a {@link BoundedClient}; a pool hands it on. */
export interface BoundedConfig extends pg.ClientConfig {
  readonly bound: AnswerBound;
}

/** What pg's types do not show. */
interface Wire extends EventEmitter {
  readonly stream: Socket;
}

/** A client whose every statement is answered in time. */
export class BoundedClient extends pg.Client {
  readonly openedAt = performance.now();
  private readonly bound: AnswerBound;
  private readonly wire: Wire;
  /** Looks whether what is waited for is late. It outlives a statement: a timer for each costs more than all else here. */
  private watch: NodeJS.Timeout | undefined;
  /** Since when a statement waits for its answer, by `performance.now()`. */
  private waitingSince: number | undefined;
  /** What the server said when it closed the connection, which the next statement does not know. */
  lastWords: Error | undefined;

  constructor(config: BoundedConfig) {
    super(config);
    this.bound = config.bound;
    this.wire = (this as unknown as { readonly connection: Wire }).connection;
    // told before pg's own listener, which tells 'drain' when nothing waits any more
    this.wire.on('readyForQuery', () => this.answered());
    this.on('drain', () => this.rest());
    this.wire.once('end', () => {
      this.rest();
      clearTimeout(this.watch);
    });
    this.on('error', (error) => (this.lastWords ??= error));
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => {
      this.waitingSince ??= performance.now();
      this.watch ??= setTimeout(() => this.look(), this.bound.withinMs);
      return query(...args);
    }) as typeof this.query;
    const end = this.end.bind(this) as (...args: unknown[]) => unknown;
    this.end = ((...args: unknown[]) => {
      const timer = setTimeout(() => this.destroy(), this.bound.withinMs);
      this.wire.once('end', () => clearTimeout(timer));
      return end(...args);
    }) as typeof this.end;
  }

  /** Closes the socket without telling the server. */
  destroy(error?: Error): void {
    this.wire.stream.destroy(error);
  }

  /** Milliseconds in which a statement is answered. */
  get withinMs(): number {
    return this.bound.withinMs;
  }

  /** Whether no connection has fallen silent since it was opened. */
  get trusted(): boolean {
    return this.openedAt > this.bound.silentAt;
  }

  private answered(): void {
    const now = performance.now();
    this.bound.answeredAt = now;
    // undefined again at once where nothing else waits
    this.waitingSince = now;
  }

  private look(): void {
    this.watch = undefined;
    if (this.waitingSince === undefined) return;
    const leftMs = this.waitingSince + this.bound.withinMs - performance.now();
    if (leftMs <= 0) this.giveUp();
    else this.watch = setTimeout(() => this.look(), leftMs);
  }

  private rest(): void {
    this.waitingSince = undefined;
  }

  private giveUp(): void {
    this.bound.silentAt = performance.now();
    this.destroy(new DependencyError('postgres', `postgres did not answer within ${this.bound.withinMs} ms`));
  }
}

/** A client taken from a pool. What happened on it decides whether it goes back. */
export class Lease {
  readonly client: pg.PoolClient;
  private spoilt = false;

  private constructor(client: pg.PoolClient) {
    this.client = client;
  }

  /** Takes a client that can be trusted. Throws a {@link DependencyError} if it does not get one in time. */
  static async from(pool: pg.Pool): Promise<Lease> {
    for (;;) {
      const connecting = pool.connect();
      const client = await (currentPatience()?.wait(connecting, 0, () => undefined) ?? connecting).catch(
        (error: unknown) => {
          throw postgresError(error);
        },
      );
      if (!(client instanceof BoundedClient) || client.trusted) return new Lease(client);
      client.destroy();
      client.release(true);
    }
  }

  async query(text: string, parameters: readonly unknown[] = []): Promise<pg.QueryResult> {
    this.assertPatience();
    return await this.judge(this.client.query(text, [...parameters]));
  }

  /** Throws when what runs now has waited enough: a statement that is not sent needs no answer. */
  assertPatience(): void {
    const { client } = this;
    if (!(client instanceof BoundedClient) || (currentPatience()?.leftMs(client.withinMs) ?? 1) > 0) return;
    this.spoilt = true;
    throw outOfPatience();
  }

  /** Awaits a statement; one that failed since the store is away spoils the client. */
  async judge<T>(statement: Promise<T>): Promise<T> {
    const { client } = this;
    try {
      const patience = client instanceof BoundedClient ? currentPatience() : undefined;
      if (patience === undefined || !(client instanceof BoundedClient)) return await statement;
      return await patience.wait(statement, client.withinMs, () => client.destroy(outOfPatience()));
    } catch (error) {
      const lastWords = client instanceof BoundedClient ? client.lastWords : undefined;
      this.spoilt ||= lastWords !== undefined || isStoreAway(postgresError(error));
      throw postgresError(lastWords ?? error);
    }
  }

  /** Ends a transaction without its effect; where that fails, so does the client, and with it the transaction. */
  async rollback(): Promise<void> {
    if (this.spoilt) return;
    try {
      await this.client.query('rollback');
    } catch {
      this.spoilt = true;
    }
  }

  /** Gives the client back, or destroys it. */
  release(): void {
    this.client.release(this.spoilt);
  }
}

function outOfPatience(): DependencyError {
  return new DependencyError('postgres', 'the statements of this request took too long together');
}

/** An error of pg; that of a socket says now that it is PostgreSQL's. */
export function postgresError(error: unknown): unknown {
  if (error instanceof DependencyError || !isSocketError(error)) return error;
  return new DependencyError('postgres', textOf(error), { cause: error });
}
