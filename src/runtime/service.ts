/**
 * What a running service offers to its parts. The variables of its declaration decide: `db` is there with `DATABASE_URL`,
 * `nats` with `NATS_URL`, `redis` with `REDIS_URL`; the type says the same.
 */
import type { ConfigOf, EnvVariable, Message, NatsRequest, ReplyOf, ServiceDeclaration, Topology } from '#declare';
import type { Redis } from 'ioredis';
import type { Database, DatabaseTransaction } from './database/database.ts';
import type { DeliveryHandler, HandlingOptions, TransactionalEffect, TransactionalOptions } from './events/delivery.ts';
import type { NatsLink } from './events/nats-link.ts';
import type { Consumption, ReceivedCore, Responder, ResponderHandler, Subscription } from './events/parts.ts';
import type { OutgoingRequest } from './events/request.ts';
import type { StreamAcknowledgement } from './events/stream-publisher.ts';
import type { Metrics } from './http/metrics.ts';
import type { Logger } from './log.ts';
import type { Enqueued } from './outbox/outbox-writer.ts';
import type { Outgoing } from './outbox/ready-message.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { SessionSource } from './sessions/session-source.ts';

/** A declaration of a service, whatever its variables are. */
export type AnyDeclaration = ServiceDeclaration<readonly EnvVariable[]>;

/** Config of a service, typed by its declaration. */
export type ServiceConfig<D extends AnyDeclaration> = ConfigOf<D['env']>;

/** What a service has whatever its stores are. */
export interface ServiceCore<D extends AnyDeclaration = AnyDeclaration> {
  /** Name of the service. */
  readonly name: string;
  /** The typed values of its variables. */
  readonly config: ServiceConfig<D>;
  /** Logger with the name of the service. */
  readonly log: Logger;
  /** Its metrics. */
  readonly metrics: Metrics;
  /** The streams and services that it was started with. */
  readonly topology: Topology;
  /** Aborts when the service begins to end: streams of events end then. */
  readonly stopping: AbortSignal;
}

/** What a service with PostgreSQL has. */
export interface WithDatabase<Tables = unknown> {
  /** Kysely on the schema of the service. */
  readonly db: Database<Tables>;
  /**
   * Runs a transaction and has its messages published right after the commit. It runs again, up to 8 times, when PostgreSQL
   * ended it for a deadlock or a serialization failure: what it does outside of the transaction may happen twice.
   */
  transaction<T>(work: (trx: DatabaseTransaction<Tables>) => Promise<T>): Promise<T>;
}

/** What a service with NATS has. */
export interface WithNats {
  /** The connection to NATS. */
  readonly nats: NatsLink;
  /** Publishes to a stream without the outbox; resolves when the stream stored it, throws when NATS is away. */
  publish<M extends Message>(message: M, outgoing: Outgoing<M>): Promise<StreamAcknowledgement>;
  /** Publishes a core message: at most once, dropped while NATS is away. */
  publishCore<M extends Message>(message: M, outgoing: Outgoing<M>): void;
  /** Consumes a message at least once, outside a transaction: the handler itself must be safe to run twice. */
  consumer<M extends Message>(message: M, handler: DeliveryHandler<M>, options?: HandlingOptions): Consumption;
  /** Subscribes to a core message. */
  subscription<M extends Message>(
    message: M,
    handler: (received: ReceivedCore<M>) => Promise<void> | void,
  ): Subscription;
  /**
   * Sends a request that the declaration `requests` and returns its reply; both are validated. Throws a `RequestError` when
   * no reply came, a `DependencyError` when NATS is away, and a `MessageError` for data that does not match the schema.
   *
   * @example
   * const { left } = await request(stockOf, { values: { warehouse: 'north' }, data: { article: 'nails' } });
   */
  request<R extends NatsRequest>(request: R, outgoing: OutgoingRequest<R>): Promise<ReplyOf<R>>;
  /**
   * Answers a request that the declaration `responds` to. One replica of the service gets each request. What the handler
   * throws reaches the caller as a `RequestError`: `RequestRefusal` with its code and message, an unavailable store as
   * `unavailable`, anything else as `failed` without details. The caller does not know then whether an effect took place.
   *
   * @example
   * responder(stockOf, async ({ data, values }) => ({ left: await countOf(db, values.warehouse, data.article) }))
   */
  responder<R extends NatsRequest>(request: R, handler: ResponderHandler<R>): Responder;
}

/** What a service with PostgreSQL and NATS has. */
export interface WithOutbox<Tables = unknown> {
  /**
   * Has a message that the service declares written into the outbox with the last statement of a transaction. Messages of
   * one aggregate are published in the order of commits. A transaction of `transaction` or of a consumer collects them; in
   * any other one the message is written at once.
   */
  enqueue<M extends Message>(trx: DatabaseTransaction<Tables>, message: M, outgoing: Enqueued<M>): Promise<void>;
  /**
   * Consumes a message with exactly one effect in PostgreSQL: the effect and its inbox entry are one transaction. An effect
   * whose transaction fails runs again, so what it does outside the transaction may happen twice. The effect may return a
   * function that runs after the commit, at most once.
   */
  transactionalConsumer<M extends Message>(
    message: M,
    effect: TransactionalEffect<M, Tables>,
    options?: TransactionalOptions,
  ): Consumption;
}

/** What a service with Redis has. */
export interface WithRedis {
  /** The client of Redis. */
  readonly redis: Redis;
  /** Rate limits that all replicas share. */
  readonly limiter: RateLimiter;
}

type Declares<D extends AnyDeclaration, Name extends string> = Name extends D['env'][number]['name'] ? true : false;
type When<Condition extends boolean, Face> = Condition extends true ? Face : unknown;

/** What a service with sessions has. */
export interface WithSessions<Sessions extends SessionSource> {
  /** Its source of sessions. */
  readonly sessions: Sessions;
}

/** A running service, as its parts see it. `Tables` come from its migrations, `Sessions` from its session source. */
export type Service<
  D extends AnyDeclaration = AnyDeclaration,
  Tables = unknown,
  Sessions extends SessionSource | undefined = undefined,
> = ServiceCore<D> &
  When<Declares<D, 'DATABASE_URL'>, WithDatabase<Tables>> &
  When<Declares<D, 'NATS_URL'>, WithNats> &
  When<Declares<D, 'REDIS_URL'>, WithRedis> &
  (Declares<D, 'DATABASE_URL'> extends true ? When<Declares<D, 'NATS_URL'>, WithOutbox<Tables>> : unknown) &
  (Sessions extends SessionSource ? WithSessions<Sessions> : unknown);

/** Everything that a service may have; what its declaration leaves out is undefined. */
export type AnyService = ServiceCore &
  Partial<WithDatabase & WithNats & WithOutbox & WithRedis & WithSessions<SessionSource>>;
