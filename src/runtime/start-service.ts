import { topology as platformTopology } from '#catalog';
import type { Api } from '#contracts';
import { readConfig, type ProcessEnvironment, type Topology } from '#declare';
import { Router } from 'express';
import type { Kysely } from 'kysely';
import { measureOutbox, startRelay, type Relay } from './database/relay.ts';
import type { RuntimeTables } from './database/runtime-tables.ts';
import type { NatsLink } from './events/connection.ts';
import { keepProvisioned, provision } from './events/provisioner.ts';
import { publisherOf } from './events/publisher.ts';
import { createHttpApp, type HttpAppOptions } from './http/app.ts';
import { sessionCookie } from './http/cookie.ts';
import { createHealth } from './http/health.ts';
import { idempotencyStore } from './http/idempotency.ts';
import { implement } from './http/implement.ts';
import { listenHttp } from './http/listener.ts';
import { createMetrics } from './http/metrics.ts';
import { openApiOf } from './http/openapi.ts';
import { Lifetime } from './lifetime.ts';
import { createLogger, type Logger } from './log.ts';
import { openStores, type Stores } from './open-stores.ts';
import { rateLimiter, type RateLimiter } from './rate-limit.ts';
import { serviceFace } from './service-face.ts';
import type { PlatformConfig, PlatformDeclaration, Service, ServiceConfig, ServicePlan } from './service.ts';
import { sessionReader } from './session.ts';
import { startParts } from './start-parts.ts';

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

const PROVISION_EVERY_MS = 15_000;

/**
 * Starts a service and resolves when it takes requests. Throws a `DeclarationError` with every fault of the environment, or
 * a `DependencyError` that names what did not answer or refused the login; what was open is closed then.
 */
export async function startService<const D extends PlatformDeclaration, A extends Api, Tables>(
  declaration: D,
  plan: ServicePlan<D, A, Tables>,
  options: StartOptions = {},
): Promise<RunningService<D, Tables>> {
  const env = options.env ?? process.env;
  const config = readConfig(declaration.env, env, declaration.name) as unknown as ServiceConfig<D>;
  const process_ = processOf(declaration, config as unknown as PlatformConfig, options);
  const { life, health } = process_;
  const stop = async (): Promise<void> => {
    health.phase = 'draining';
    await life.end();
  };
  try {
    const http = await listen(process_, plan.api, listenAddress(env, options.port));
    const service = await startBehind(declaration, plan, config, process_);
    health.phase = 'ready';
    process_.log.info({ port: http.port }, 'ready');
    return { service, url: `http://127.0.0.1:${http.port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a process has before its stores are open, and what it fills in later. */
type ServiceProcess = ReturnType<typeof processOf>;

function processOf({ name }: PlatformDeclaration, settings: PlatformConfig, options: StartOptions) {
  const { APP_VERSION: version, LOG_LEVEL: level, POD_NAME: pod } = settings;
  const log = options.log ?? createLogger({ service: name, ...{ version, level, pod } });
  const health = createHealth();
  return {
    ...{ name, settings, log, health },
    metrics: createMetrics(name),
    life: new Lifetime({ graceMs: settings.SHUTDOWN_GRACE_MS, log }),
    cookie: sessionCookie({ publicOrigin: settings.PUBLIC_ORIGIN, name: settings.COOKIE_NAME }),
    onFatal: (error: Error): void => {
      health.dead = error.message;
      log.fatal({ err: error }, 'cannot go on');
      options.onFatal?.(error);
    },
    router: undefined as Router | undefined,
    limiter: undefined as RateLimiter | undefined,
  };
}

/** Listens before anything else is there: alive, not ready, 503 on the routes. */
async function listen(process_: ServiceProcess, api: Api, address: ListenAddress) {
  const { name, settings, health, metrics, log, cookie, life } = process_;
  const version = settings.APP_VERSION;
  const rule = { name: 'all', limit: settings.RATE_LIMIT, windowSeconds: settings.RATE_WINDOW_S };
  const options: HttpAppOptions = {
    service: name,
    publicOrigin: settings.PUBLIC_ORIGIN,
    trustProxyHops: settings.TRUST_PROXY_HOPS,
    ...{ version, health, metrics, log },
    openApi: () => openApiOf(api, { version, cookieName: cookie.name }),
    ...(rule.limit === 0 ? {} : { limit: { rule, limiter: () => process_.limiter } }),
  };
  const http = await listenHttp(
    createHttpApp(options, () => process_.router),
    address,
  );
  life.add('http', async (patienceMs) => await http.close(patienceMs));
  return http;
}

/** Opens the stores and starts all that stands on them. */
async function startBehind<D extends PlatformDeclaration, A extends Api, Tables>(
  declaration: D,
  plan: ServicePlan<D, A, Tables>,
  config: ServiceConfig<D>,
  process_: ServiceProcess,
): Promise<Service<D, Tables>> {
  const { name, settings, health, metrics, log, cookie, life, onFatal } = process_;
  const stores = await openStores(settings, { migrations: plan.migrations, life, health, log, onFatal });
  const { database, redis, nats } = stores;
  const db = database.db as unknown as Kysely<RuntimeTables>;
  const topology = topologyOf(plan, config);
  if (declaration.jetstream.provisions === true) {
    await startProvisioner(nats, topology, plan.streamReplicas?.(config) ?? 1, process_);
  }
  const relay = startRelayOf(stores, db, process_);
  const sessions = sessionReader(redis);
  const limiter = rateLimiter(redis, name);
  const service = serviceFace<D, Tables>(declaration, stores, relay, {
    ...{ name, config, log, topology, sessions, cookie, limiter, metrics },
    stopping: life.stopping,
  });
  const parts = await plan.build(service);
  startParts(parts, { declaration, topology, nats, db, database: database.dependency, life, health, metrics, log });
  const idempotency = idempotencyStore(db);
  const routes = implement(plan.api, parts.handlers, { sessions, cookie, limiter, idempotency, log });
  process_.limiter = limiter;
  process_.router = parts.router === undefined ? routes : Router().use(parts.router, routes);
  return service;
}

async function startProvisioner(
  nats: NatsLink,
  topology: Topology,
  replicas: number,
  { life, log }: ServiceProcess,
): Promise<void> {
  const steps = await provision(nats, topology, { replicas });
  if (steps.length > 0) log.info({ steps }, 'streams and durables made');
  life.add('provisioner', keepProvisioned(nats, topology, { everyMs: PROVISION_EVERY_MS, replicas, log }).stop);
}

function startRelayOf<Tables>(
  { nats }: Stores<Tables>,
  db: Kysely<RuntimeTables>,
  { settings, metrics, life, log }: ServiceProcess,
): Relay {
  const relay = startRelay({ db, publish: publisherOf(nats), pollMs: settings.OUTBOX_POLL_MS, log });
  life.add('relay', relay.stop);
  nats.onReconnect(() => relay.wake());
  measureOutbox(db, metrics.registry);
  return relay;
}

function topologyOf<D extends PlatformDeclaration, A extends Api, Tables>(
  { topology = platformTopology }: ServicePlan<D, A, Tables>,
  config: ServiceConfig<D>,
): Topology {
  return typeof topology === 'function' ? topology(config) : topology;
}

interface ListenAddress {
  readonly port: number;
  readonly host: string | undefined;
}

/** Where HTTP listens. PORT and HOST are no variables of a declaration: 8000 is the rule, only the local runner sets them. */
function listenAddress(env: ProcessEnvironment, port: number | undefined): ListenAddress {
  const chosen = port ?? Number(env.PORT ?? 8000);
  if (!Number.isInteger(chosen) || chosen < 0 || chosen > 65_535) {
    throw new Error(`PORT is ${JSON.stringify(env.PORT)}, must be a port number: leave it unset for 8000`);
  }
  return { port: chosen, host: env.HOST === '' ? undefined : env.HOST };
}
