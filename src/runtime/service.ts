/**
 * What a service is made of and how it lives. A service gives its declaration, its migrations and its parts; the runtime
 * opens the stores, starts the parts, and ends all of it in order.
 *
 * Start: config, then HTTP (alive, not ready), PostgreSQL and migrations, Redis, NATS, streams, the outbox's relay, parts,
 * consumers; then ready. End: not ready, no new requests, streams of events, consumers, loops and relay, NATS, Redis and
 * PostgreSQL; see lifetime.ts.
 */
import type { platformEnv } from '#catalog';
import type { Api } from '#contracts';
import type {
  ConfigOf,
  EnvVariable,
  Message,
  ReceivedMessage,
  DataOf,
  Envelope,
  ServiceDeclaration,
  Topology,
} from '#declare';
import type { Router } from 'express';
import type { Redis } from 'ioredis';
import type { Database, DatabaseTransaction } from './database/database.ts';
import type { Migrations } from './database/migrations.ts';
import type { Outgoing } from './database/outbox.ts';
import type { Dependency } from './dependency.ts';
import type { NatsLink } from './events/connection.ts';
import type { Delivery, DeliveryHandler, HandlingOptions, OnceOptions } from './events/delivery.ts';
import type { HandlersOf } from './http/call.ts';
import type { SessionCookie } from './http/cookie.ts';
import type { Metrics } from './http/metrics.ts';
import type { Logger } from './log.ts';
import type { Loop } from './loop.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { SessionReader } from './session.ts';

/** Config that every service of the platform has. */
export type PlatformConfig = ConfigOf<ReturnType<typeof platformEnv>>;

/** Names of the variables without which the runtime cannot start a service. */
type PlatformVariable = ReturnType<typeof platformEnv>[number];

/** A declaration that holds at least the platform's variables. */
export type PlatformDeclaration = ServiceDeclaration<readonly EnvVariable[]>;

/** Config of a service, typed by its declaration. */
export type ServiceConfig<D extends PlatformDeclaration> = ConfigOf<D['env']> &
  (PlatformVariable extends D['env'][number] ? unknown : PlatformConfig);

/** A handler of one durable; made by `once` and `each` of the service. */
export interface Consumption {
  readonly message: Message;
  readonly handler: DeliveryHandler;
  readonly options: HandlingOptions;
}

/** A handler of a core message; made by `hear` of the service. */
export interface Hearing {
  readonly message: Message;
  readonly handler: (received: ReceivedMessage & { readonly subject: string }) => Promise<void> | void;
}

/** A core message as its handler gets it. */
export interface Heard<M extends Message> {
  readonly data: DataOf<M>;
  readonly envelope: Envelope<DataOf<M>> | undefined;
  /** Concrete subject. */
  readonly subject: string;
}

/** What a running service offers to its parts. */
export interface Service<D extends PlatformDeclaration = PlatformDeclaration, Tables = unknown> {
  readonly name: string;
  readonly config: ServiceConfig<D>;
  readonly log: Logger;
  readonly db: Database<Tables>;
  readonly redis: Redis;
  readonly nats: NatsLink;
  readonly topology: Topology;
  readonly sessions: SessionReader;
  readonly cookie: SessionCookie;
  readonly limiter: RateLimiter;
  readonly metrics: Metrics;
  /** Aborts when the service begins to end: streams of events end then. */
  readonly stopping: AbortSignal;

  /** Runs a transaction and has its messages published right after the commit. */
  transaction<T>(work: (trx: DatabaseTransaction<Tables>) => Promise<T>): Promise<T>;
  /** Writes a message that the service declares into the outbox of a transaction. */
  enqueue<M extends Message>(trx: DatabaseTransaction<Tables>, message: M, outgoing: Outgoing<M>): Promise<void>;
  /** Publishes to a stream without the outbox; resolves when it is kept, throws when NATS is away. */
  publish<M extends Message>(message: M, outgoing: Outgoing<M>): Promise<{ sequence: number; duplicate: boolean }>;
  /** Says a core message: at most once, dropped while NATS is away. */
  say<M extends Message>(message: M, outgoing: Outgoing<M>): void;

  /**
   * Handles a message once, in one transaction with its inbox entry and with those that are there at the same time. The
   * usual way. An effect whose transaction fails runs again: what it does outside of it may be done twice.
   */
  once<M extends Message>(
    message: M,
    effect: (trx: DatabaseTransaction<Tables>, delivery: Delivery<M>) => Promise<void>,
    options?: OnceOptions,
  ): Consumption;
  /** Handles every delivery of a message, outside a transaction: the handler itself must be safe to run twice. */
  each<M extends Message>(message: M, handler: DeliveryHandler<M>, options?: HandlingOptions): Consumption;
  /** Listens to a core message. */
  hear<M extends Message>(message: M, handler: (heard: Heard<M>) => Promise<void> | void): Hearing;
}

/** Parts of a service. */
export interface ServiceParts<A extends Api = Api> {
  /** One handler for each route of the API. */
  readonly handlers: HandlersOf<A>;
  /** One for each consumer of the declaration. @default [] */
  readonly consumers?: readonly Consumption[];
  /** One for each message that the declaration subscribes to. @default [] */
  readonly hearings?: readonly Hearing[];
  /** @default [] */
  readonly loops?: readonly Loop[];
  /** Express routes that come before those of the API, under `/api/<service>`. @default - none */
  readonly router?: Router;
  /** What `/readyz` shows besides the stores. @default [] */
  readonly dependencies?: readonly Dependency[];
  /** Called at the end, after consumers and loops and before the stores close. @default - nothing */
  readonly close?: () => Promise<void>;
}

/** A service before it starts. */
export interface ServicePlan<D extends PlatformDeclaration, A extends Api, Tables> {
  readonly api: A;
  readonly migrations: Migrations<Tables>;
  /** Makes the parts; runs once, after migrations, with all stores open. */
  readonly build: (service: Service<D, Tables>) => ServiceParts<A> | Promise<ServiceParts<A>>;
  /** Streams and services; by config where settings change a policy. @default - the platform's */
  readonly topology?: Topology | ((config: ServiceConfig<D>) => Topology);
  /** Servers that hold a copy of each stream, for the service that provisions: 3 in a cluster. @default 1 */
  readonly streamReplicas?: (config: ServiceConfig<D>) => number;
}
