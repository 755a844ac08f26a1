/**
 * Starts a service. Config, then HTTP (alive, not ready), PostgreSQL and migrations, Redis, NATS, streams, the outbox's relay,
 * parts, consumers; then ready. The end runs the other way; see lifetime.ts.
 */
import { defineTopology, readConfig, type Api, type ProcessEnvironment, type Topology } from '#declare';
import { Router, type RequestHandler } from 'express';
import { lanesOf } from './outbox/lanes-of.ts';
import type { Relay } from './outbox/relay.ts';
import { watchRelay } from './outbox/relay-health.ts';
import type { ServiceDefinition, ServiceParts } from './definition.ts';
import type { OpenNats } from './events/connection.ts';
import { keepProvisioned, provision, ProvisioningError } from './events/provisioner.ts';
import { fillReport } from './events/stream-fill.ts';
import { createHttpApp, type HttpAppOptions } from './http/app.ts';
import { createHealth } from './http/health.ts';
import { implement } from './http/implement.ts';
import { listenHttp } from './http/listener.ts';
import { createMetrics } from './http/metrics.ts';
import { openApiOf } from './http/openapi.ts';
import { Lifetime } from './lifetime.ts';
import { createLogger, type Logger } from './log.ts';
import { openStores, type Stores } from './open-stores.ts';
import type { RateLimiter } from './rate-limit.ts';
import { serviceFace } from './service-face.ts';
import type { AnyDeclaration, AnyService, Service } from './service.ts';
import type { SessionSource } from './sessions/session-source.ts';
import { settingsOf, type Settings } from './settings.ts';
import { findTracingSdk, flushSpans, outsideSpans } from './spans.ts';
import { StartError } from './start-error.ts';
import { startParts } from './start-parts.ts';

/** How a service is started, where not as a process of its own. */
export interface StartOptions {
  /** @default process.env */
  readonly env?: ProcessEnvironment;
  /** Port of HTTP; 0 for a free one. @default - PORT of the environment, which only the local runner sets, else 8000 */
  readonly port?: number;
  /** @default - as the config says, on standard output */
  readonly log?: Logger;
  /** Called when the service cannot continue: NATS denied an operation or closed permanently. @default - only logged */
  readonly onFatal?: (error: Error) => void;
}

/** A service that runs. */
export interface RunningService<
  D extends AnyDeclaration = AnyDeclaration,
  Tables = unknown,
  Sessions extends SessionSource | undefined = undefined,
> {
  /** The service as its handlers see it. */
  readonly service: Service<D, Tables, Sessions>;
  /** Address of HTTP on this machine. */
  readonly url: string;
  /** Ends it in order (idempotent). */
  stop(): Promise<void>;
}

const PROVISION_EVERY_MS = 15_000;

/** Parts whose types are gone: what a definition holds, as the runtime calls it. */
type UntypedParts = ServiceParts<AnyDeclaration, Api, unknown, SessionSource | undefined, unknown>;

/**
 * Starts a service and resolves when it takes requests. Throws a `DeclarationError` with every fault of the environment, or
 * a `DependencyError` that names what did not answer or refused the login; what was open is closed then.
 */
export async function startService<
  D extends AnyDeclaration,
  A extends Api,
  Tables,
  Sessions extends SessionSource | undefined,
  Context,
>(
  { declaration, parts }: ServiceDefinition<D, A, Tables, Sessions, Context>,
  options: StartOptions = {},
): Promise<RunningService<D, Tables, Sessions>> {
  const env = options.env ?? process.env;
  const config = readConfig(declaration.env, env, declaration.name);
  const untyped = parts as unknown as UntypedParts;
  const process_ = processOf(declaration, untyped, config, options);
  const { life, health, log } = process_;
  const stop = async (): Promise<void> => {
    health.phase = 'draining';
    await life.end();
  };
  try {
    await findTracingSdk(log);
    // added first, so it ends last: all else has ended its spans
    life.addStore('spans', flushSpans);
    const http = await outsideSpans(async () => await listen(process_, listenAddress(env, options.port)));
    const service = await outsideSpans(async () => await startBehind(process_));
    health.phase = 'ready';
    log.info({ port: http.port }, 'ready');
    return {
      service: service as unknown as Service<D, Tables, Sessions>,
      url: `http://127.0.0.1:${http.port}`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a process has before its stores are open, and what it fills in later. */
type ServiceProcess = ReturnType<typeof processOf>;

function processOf(
  declaration: AnyDeclaration,
  parts: UntypedParts,
  config: Readonly<Record<string, unknown>>,
  options: StartOptions,
) {
  const { name } = declaration;
  const settings: Settings = settingsOf(declaration, config);
  const { version, logLevel: level, pod } = settings;
  const log = options.log ?? createLogger({ service: name, version, level, ...(pod === undefined ? {} : { pod }) });
  const health = createHealth();
  return {
    ...{ name, declaration, parts, config, settings, log, health },
    metrics: createMetrics(name),
    life: new Lifetime({ graceMs: settings.graceMs, log }),
    onFatal: (error: Error): void => {
      health.dead = error.message;
      log.fatal({ err: error }, 'cannot continue');
      options.onFatal?.(error);
    },
    routes: undefined as RequestHandler | undefined,
    limiter: undefined as RateLimiter | undefined,
    sessions: undefined as SessionSource | undefined,
  };
}

/** Listens before anything else is there: alive, not ready, 503 on the routes. */
async function listen(process_: ServiceProcess, address: ListenAddress) {
  const { name, parts, settings, health, metrics, log, life } = process_;
  const { version, publicOrigin, trustProxyHops, rateLimit } = settings;
  const rule = { name: 'all', limit: rateLimit.requests, windowSeconds: rateLimit.windowSeconds };
  const { api } = parts;
  const options: HttpAppOptions = {
    service: name,
    ...{ version, publicOrigin, trustProxyHops, health, metrics, log },
    ...(api === undefined
      ? {}
      : { openApi: () => openApiOf(api, { version, cookieName: process_.sessions?.cookieName }) }),
    ...(rule.limit === 0 ? {} : { limit: { rule, limiter: () => process_.limiter } }),
  };
  const http = await listenHttp(
    createHttpApp(options, () => process_.routes),
    address,
  );
  life.add('http', async (patienceMs) => await http.close(patienceMs));
  return http;
}

/** Opens the stores and starts everything that needs them. */
async function startBehind(process_: ServiceProcess): Promise<AnyService> {
  const { declaration, parts, settings, config, metrics, log, life, health } = process_;
  const { migrations, hotReads = false } = parts;
  const stores = await openStores(declaration, settings, { ...process_, migrations, hotReads });
  const topology = topologyOf(declaration, parts, config);
  if (declaration.jetstream.provisions === true && stores.nats !== undefined) {
    await startProvisioner(stores.nats, topology, parts.streamReplicas?.(config as never) ?? 1, process_);
  }
  const core = { name: declaration.name, config: config as never, topology, log, metrics, stopping: life.stopping };
  const face = serviceFace(declaration, stores, await startRelayOf(stores, process_), core);
  const service = withSessions(face, parts);
  process_.sessions = service.sessions;
  const context = await parts.context?.(service as never);
  await startParts(
    {
      consumers: parts.consumers?.(service as never, context) ?? [],
      subscriptions: parts.subscriptions?.(service as never, context) ?? [],
      responders: parts.responders?.(service as never, context) ?? [],
      loops: parts.loops?.(service as never, context) ?? [],
      dependencies: parts.dependencies?.(service as never, context) ?? [],
      close: parts.close && (async () => await parts.close?.(service as never, context)),
    },
    { declaration, topology, nats: stores.nats, database: stores.database, life, health, metrics, log },
  );
  process_.limiter = service.limiter;
  process_.routes = routesOf(parts, service, context, stores);
  return service;
}

/** The service's own router first, then the routes of its API. */
function routesOf(parts: UntypedParts, service: AnyService, context: unknown, { database }: Stores): RequestHandler {
  const routes = Router();
  const own = parts.router?.(service as never, context);
  if (own !== undefined) routes.use(own);
  if (parts.api === undefined || parts.handlers === undefined) return routes;
  const { sessions, limiter, log } = service;
  const handlers = parts.handlers(service as never, context);
  return routes.use(implement(parts.api, handlers, { sessions, limiter, idempotency: database?.idempotency, log }));
}

function withSessions(service: AnyService, parts: UntypedParts): AnyService {
  const sessions = parts.sessions?.(service as never);
  return sessions === undefined ? service : { ...service, sessions };
}

async function startProvisioner(
  nats: OpenNats,
  topology: Topology,
  replicas: number,
  { life, log, metrics }: ServiceProcess,
): Promise<void> {
  try {
    const steps = await provision(nats, topology, { replicas });
    if (steps.length > 0) log.info({ steps }, 'streams and durables created');
  } catch (error) {
    // what one stream is refused must not keep the others waiting; it is tried again with the rest
    if (!(error instanceof ProvisioningError)) throw error;
    log.error({ reason: error.message }, 'streams or durables are not as declared');
  }
  const fill = fillReport(metrics.registry, log);
  life.add('provisioner', keepProvisioned(nats, topology, { everyMs: PROVISION_EVERY_MS, replicas, log, fill }).stop);
}

/** The relay of the outbox; there is one where there are both PostgreSQL and NATS. */
async function startRelayOf(
  { database, nats }: Stores,
  { declaration, health }: ServiceProcess,
): Promise<Relay | undefined> {
  if (database === undefined || nats === undefined) return undefined;
  const { outboxPublisherOn } = await import('./events/outbox-publisher.ts');
  const relay = database.startRelay(outboxPublisherOn(nats), lanesOf(declaration.publishes));
  nats.onReconnect(() => relay.retry());
  watchRelay(relay, health);
  return relay;
}

function topologyOf(
  declaration: AnyDeclaration,
  { topology }: UntypedParts,
  config: Readonly<Record<string, unknown>>,
): Topology {
  if (topology === undefined) return defineTopology({ streams: [], services: [declaration] });
  return typeof topology === 'function' ? topology(config as never) : topology;
}

interface ListenAddress {
  readonly port: number;
  readonly host: string | undefined;
}

/** Where HTTP listens. PORT and HOST are no variables of a declaration: 8000 is the rule, only the local runner sets them. */
function listenAddress(env: ProcessEnvironment, port: number | undefined): ListenAddress {
  const chosen = port ?? Number(env.PORT === undefined || env.PORT === '' ? 8000 : env.PORT);
  if (!Number.isInteger(chosen) || chosen < 0 || chosen > 65_535) {
    throw new StartError(`PORT is ${JSON.stringify(env.PORT)}, must be a port number: leave it unset for 8000`);
  }
  return { port: chosen, host: env.HOST === '' ? undefined : env.HOST };
}
