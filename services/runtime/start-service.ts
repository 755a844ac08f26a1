import { topology as platformTopology } from '#catalog';
import type { Api } from '#contracts';
import { readConfig, type Message, type ProcessEnvironment, type Topology } from '#declare';
import { Router } from 'express';
import type { Kysely } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from './database/database.ts';
import { handleOnce, sweepInbox } from './database/inbox.ts';
import { migrate } from './database/migrations.ts';
import { enqueue } from './database/outbox.ts';
import type { Dependency } from './dependency.ts';
import { startRelay } from './database/relay.ts';
import type { RuntimeTables } from './database/runtime-tables.ts';
import { openNats, type NatsLink } from './events/connection.ts';
import { runConsumer, type RunningConsumer } from './events/consumer.ts';
import { keepProvisioned, provision } from './events/provisioner.ts';
import { listen, publish, publisherOf, say } from './events/publisher.ts';
import { createHttpApp } from './http/app.ts';
import { sessionCookie } from './http/cookie.ts';
import { createHealth } from './http/health.ts';
import { idempotencyStore, sweepIdempotency } from './http/idempotency.ts';
import { implement } from './http/implement.ts';
import { listenHttp } from './http/listener.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { openApiOf } from './http/openapi.ts';
import { createLogger, type Logger } from './log.ts';
import { Lifetime } from './lifetime.ts';
import { startLoop, type Loop } from './loop.ts';
import { rateLimiter, type RateLimiter } from './rate-limit.ts';
import { openRedis, redisDependency } from './redis.ts';
import type {
  Consumption,
  Hearing,
  PlatformConfig,
  PlatformDeclaration,
  Service,
  ServiceConfig,
  ServiceParts,
  ServicePlan,
} from './service.ts';
import { sessionReader } from './session.ts';

/** How a service is started, where not as a process of its own. */
export interface StartOptions {
  /** @default process.env */
  readonly env?: ProcessEnvironment;
  /** Port of HTTP; 0 for a free one. @default - PORT of the environment, which only the local runner sets, else 8000 */
  readonly port?: number;
  /** @default - as the config says, on standard output */
  readonly log?: Logger;
  /** Called when the service is of no use any more: NATS denied an operation or closed for good. @default - only logged */
  readonly onFatal?: (error: Error) => void;
}

/** A service that runs. */
export interface RunningService<D extends PlatformDeclaration, Tables> {
  readonly service: Service<D, Tables>;
  /** Address of HTTP on this machine. */
  readonly url: string;
  /** Ends it in order; twice is once. */
  stop(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longer than any stream keeps a message that an inbox guards against. */
const INBOX_DAYS = 14;
const IDEMPOTENCY_DAYS = 2;
const PROVISION_EVERY_MS = 15_000;
const PAUSE_BETWEEN_CHECKS_MS = 500;

/**
 * Starts a service and resolves when it is ready to take requests. Throws a `DeclarationError` with every fault of the
 * environment, or a `DependencyError` that names what did not answer or refused the login.
 */
export async function startService<const D extends PlatformDeclaration, A extends Api, Tables>(
  declaration: D,
  plan: ServicePlan<D, A, Tables>,
  options: StartOptions = {},
): Promise<RunningService<D, Tables>> {
  const { name } = declaration;
  const env = options.env ?? process.env;
  const config = readConfig(declaration.env, env, name) as unknown as ServiceConfig<D>;
  const settings = config as unknown as PlatformConfig;
  const { port, host } = listenAddress(env, options.port);
  const cookie = sessionCookie({ publicOrigin: settings.PUBLIC_ORIGIN, name: settings.COOKIE_NAME });
  const version = settings.APP_VERSION;
  const log =
    options.log ?? createLogger({ service: name, version, level: settings.LOG_LEVEL, pod: settings.POD_NAME });
  const topology = topologyOf(plan, config);
  const deadlineMs = settings.START_DEADLINE_S * 1000;
  const health = createHealth();
  const metrics = createMetrics(name);
  const life = new Lifetime({ graceMs: settings.SHUTDOWN_GRACE_MS, log });
  let router: Router | undefined;
  let limiter: RateLimiter | undefined;

  try {
    const rule = { name: 'all', limit: settings.RATE_LIMIT, windowSeconds: settings.RATE_WINDOW_S };
    const app = createHttpApp(
      {
        service: name,
        version,
        publicOrigin: settings.PUBLIC_ORIGIN,
        trustProxyHops: settings.TRUST_PROXY_HOPS,
        ...{ health, metrics, log },
        openApi: () => openApiOf(plan.api, { version, cookieName: cookie.name }),
        limit: { rule, limiter: () => limiter },
      },
      () => router,
    );
    const http = await listenHttp(app, { port, host });
    life.add('http', async (patienceMs) => await http.close(patienceMs));

    const database = await openDatabase<Tables>({
      url: settings.DATABASE_URL,
      schema: settings.DB_SCHEMA,
      poolMax: settings.DB_POOL_MAX,
      ...{ deadlineMs, log },
    });
    life.addStore('postgres', database.close);
    health.add(database.dependency);
    const { db } = database;
    const runtimeDb = db as unknown as Kysely<RuntimeTables>;
    await migrate(db, settings.DB_SCHEMA, plan.migrations);

    const redis = await openRedis({
      url: settings.REDIS_URL,
      user: settings.REDIS_USER,
      password: settings.REDIS_PASSWORD,
      name: settings.NATS_CLIENT_NAME,
      ...{ deadlineMs, log },
    });
    life.addStore('redis', async () => {
      await redis.quit().catch(() => redis.disconnect());
    });
    health.add(redisDependency(redis));
    limiter = rateLimiter(redis, name);

    const fatal = (error: Error): void => {
      health.dead = error.message;
      log.fatal({ err: error }, 'cannot go on');
      options.onFatal?.(error);
    };
    const nats = await openNats({
      url: settings.NATS_URL,
      user: settings.NATS_USER,
      password: settings.NATS_PASSWORD,
      name: settings.NATS_CLIENT_NAME,
      inboxPrefix: settings.NATS_INBOX_PREFIX,
      onFatal: fatal,
      ...{ deadlineMs, log },
    });
    life.addStore('nats', nats.close);
    health.add(nats.dependency);

    if (declaration.jetstream.provisions === true) {
      const steps = await provision(nats, topology);
      if (steps.length > 0) log.info({ steps }, 'streams and durables made');
      const keeping = keepProvisioned(nats, topology, { everyMs: PROVISION_EVERY_MS, log });
      life.add('provisioner', keeping.stop);
    }

    const relay = startRelay({ db: runtimeDb, publish: publisherOf(nats), pollMs: settings.OUTBOX_POLL_MS, log });
    life.add('relay', relay.stop);
    nats.onReconnect(() => relay.wake());

    const service: Service<D, Tables> = {
      ...{ name, config, log, db, redis, nats, topology, cookie, limiter, metrics },
      sessions: sessionReader(redis),
      stopping: life.stopping,
      async transaction(work) {
        const result = await db.transaction().execute(work);
        relay.wake();
        return result;
      },
      async enqueue(trx, message, outgoing) {
        assertPublishes(declaration, message);
        await enqueue(trx as unknown as Parameters<typeof enqueue>[0], name, message, outgoing);
      },
      async publish(message, outgoing) {
        assertPublishes(declaration, message);
        return await publish(nats, name, message, outgoing);
      },
      say(message, outgoing) {
        assertPublishes(declaration, message);
        say(nats, name, message, outgoing);
      },
      once: (message, effect, handling = {}) => ({
        message,
        options: handling,
        handler: async (delivery) => {
          const first = await handleOnce<Tables>(db, delivery.durable, delivery.id, async (trx) => {
            await effect(trx, delivery as unknown as Parameters<typeof effect>[1]);
          });
          if (first) relay.wake();
          else delivery.log.debug('was handled before');
        },
      }),
      each: (message, handler, handling = {}) => ({
        message,
        options: handling,
        handler: handler as unknown as Consumption['handler'],
      }),
      hear: (message, handler) => ({ message, handler: handler as unknown as Hearing['handler'] }),
    };

    const parts = await plan.build(service);
    assertParts(declaration, parts);
    life.add('parts', parts.close ?? (async () => Promise.resolve()));
    for (const dependency of parts.dependencies ?? []) health.add(dependency);
    for (const loop of [...(parts.loops ?? []), ...housekeeping(runtimeDb)]) {
      life.add(`loop ${loop.name}`, startLoop(loop, log).stop);
    }
    for (const { message, handler } of parts.hearings ?? []) {
      const stopListening = listen(nats, message, handler, log);
      life.add(`hearing ${message.subject}`, async () => Promise.resolve(stopListening()));
    }
    const ready = (): Promise<void> => untilUp(database.dependency.check, life.stopping);
    const consumers = (parts.consumers ?? []).map((consumption) =>
      consumerOf(consumption, { declaration, topology, nats, log, metrics, ready }),
    );
    for (const consumer of consumers) life.addConsumer(consumer);
    health.add(consumersDependency(consumers, () => nats.connected));

    const bound = implement(plan.api as A, parts.handlers, {
      sessions: service.sessions,
      idempotency: idempotencyStore(runtimeDb),
      ...{ cookie, limiter, log },
    });
    router = parts.router === undefined ? bound : joined(parts.router, bound);
    health.phase = 'ready';
    log.info({ port: http.port }, 'ready');
    const stop = async (): Promise<void> => {
      health.phase = 'draining';
      await life.end();
    };
    return { service, url: `http://127.0.0.1:${http.port}`, stop };
  } catch (error) {
    health.phase = 'draining';
    await life.end();
    throw error;
  }
}

/** Deletes what guards against nothing any more. */
function housekeeping(db: Kysely<RuntimeTables>): Loop[] {
  const before = (days: number): Date => new Date(Date.now() - days * DAY_MS);
  return [
    {
      name: 'housekeeping',
      everyMs: HOUR_MS,
      run: async () => {
        await sweepInbox(db, before(INBOX_DAYS));
        await sweepIdempotency(db, before(IDEMPOTENCY_DAYS));
      },
    },
  ];
}

interface ConsumerSurroundings {
  readonly declaration: PlatformDeclaration;
  readonly topology: Topology;
  readonly nats: NatsLink;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly ready: () => Promise<void>;
}

function consumerOf({ message, handler, options }: Consumption, around: ConsumerSurroundings): RunningConsumer {
  const { declaration, topology, nats, log, metrics, ready } = around;
  // the topology's copy of the declaration carries policies that settings have changed
  const service = topology.services.find(({ name }) => name === declaration.name) ?? declaration;
  const consumer = service.consumes.find((one) => one.message === message);
  if (consumer === undefined) throw new Error(`${declaration.name} does not consume ${message.subject}`);
  return runConsumer({
    ...{ link: nats, service: declaration.name, consumer, topology, handler, log, ready },
    ...options,
    onOutcome: (durable, outcome, seconds) => {
      metrics.deliveries.inc({ durable, outcome });
      metrics.deliverySeconds.observe({ durable }, seconds);
    },
  });
}

/** Whether every durable is pulled from; while NATS is away that is told as NATS's absence alone. */
function consumersDependency(consumers: readonly RunningConsumer[], connected: () => boolean): Dependency {
  const since = performance.now();
  return {
    name: 'consumers',
    required: true,
    check: () => {
      const idle = consumers.filter(({ pulling }) => !pulling);
      if (idle.length === 0) return { up: true };
      const detail = idle.map(({ durable, problem }) => `${durable}: ${problem ?? 'stopped'}`).join('; ');
      void since;
      return { up: !connected(), detail };
    },
  };
}

/** Waits while a store is away, so that messages do not use up their deliveries on it. */
async function untilUp(check: Dependency['check'], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const up = await Promise.resolve()
      .then(check)
      .then(
        (state) => state.up,
        () => false,
      );
    if (up) return;
    await pause(PAUSE_BETWEEN_CHECKS_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Throws with every declared message that no part handles, and every handler that no declaration has. */
function assertParts(declaration: PlatformDeclaration, parts: ServiceParts): void {
  const faults = [
    ...differences(
      'consumes',
      declaration.consumes.map(({ message }) => message),
      parts.consumers ?? [],
    ),
    ...differences('subscribes to', declaration.subscribes, parts.hearings ?? []),
  ];
  if (faults.length > 0) throw new Error(faults.join('\n'));

  function differences(
    verb: string,
    declared: readonly Message[],
    handled: readonly { readonly message: Message }[],
  ): string[] {
    const subjects = handled.map(({ message }) => message);
    return [
      ...declared
        .filter((message) => !subjects.includes(message))
        .map(({ subject }) => `${verb} ${subject}, no part handles it`),
      ...subjects
        .filter((message) => !declared.includes(message))
        .map(({ subject }) => `handles ${subject}, the declaration has it not`),
    ].map((fault) => `${declaration.name} ${fault}: make both the same`);
  }
}

function assertPublishes(declaration: PlatformDeclaration, message: Message): void {
  if (declaration.publishes.includes(message)) return;
  throw new Error(`${declaration.name} does not publish ${message.subject}: add it to publishes of its declaration`);
}

function topologyOf<D extends PlatformDeclaration, A extends Api, Tables>(
  { topology = platformTopology }: ServicePlan<D, A, Tables>,
  config: ServiceConfig<D>,
): Topology {
  return typeof topology === 'function' ? topology(config) : topology;
}

function joined(first: Router, second: Router): Router {
  return Router().use(first, second);
}

/** Where HTTP listens. PORT and HOST are no variables of a declaration: 8000 is the rule, only the local runner sets them. */
function listenAddress(env: ProcessEnvironment, port: number | undefined): { port: number; host: string | undefined } {
  const chosen = port ?? Number(env.PORT ?? 8000);
  if (!Number.isInteger(chosen) || chosen < 0 || chosen > 65_535) {
    throw new Error(`PORT is ${JSON.stringify(env.PORT)}, must be a port number: leave it unset for 8000`);
  }
  return { port: chosen, host: env.HOST === '' ? undefined : env.HOST };
}
