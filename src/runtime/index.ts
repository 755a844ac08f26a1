/** What every service of the platform shares; each part can be used alone. docs/runtime.md is its guide. */
export { runService, explain } from './run-service.ts';
export { assertParts } from './start-parts.ts';
export { startService, type RunningService, type StartOptions } from './start-service.ts';
export type {
  Consumption,
  Heard,
  Hearing,
  PlatformConfig,
  PlatformDeclaration,
  Service,
  ServiceConfig,
  ServiceParts,
  ServicePlan,
} from './service.ts';

export { createLogger, type Logger } from './log.ts';
export { currentTrace, nextTraceparent, runInTrace, type Trace } from './trace.ts';
export {
  absentDependencyOf,
  DependencyError,
  isRefusedLogin,
  openWithRetries,
  type Dependency,
  type DependencyState,
} from './dependency.ts';
export { startLoop, type Loop, type RunningLoop } from './loop.ts';

export { createHttpApp, type HttpAppOptions } from './http/app.ts';
export {
  reply,
  Reply,
  type AnswerOf,
  type Call,
  type CallerOf,
  type CallOf,
  type Handler,
  type HandlersOf,
  type ReplyOptions,
} from './http/call.ts';
export { sessionCookie, type SessionCookie } from './http/cookie.ts';
export { decodeCursor, encodeCursor, pageFrom } from './http/cursor.ts';
export { assertVersion, etagOf, ifMatchVersion } from './http/etag.ts';
export { openEventStream, type EventStream } from './http/event-stream.ts';
export { createHealth, type Health, type Phase, type Readiness } from './http/health.ts';
export { idempotencyStore, type IdempotencyStore } from './http/idempotency.ts';
export { implement, jsonBody, type ImplementOptions } from './http/implement.ts';
export { listenHttp, type HttpListener } from './http/listener.ts';
export { createMetrics, type Metrics } from './http/metrics.ts';
export { openApiOf } from './http/openapi.ts';
export { sameOrigin } from './http/origin.ts';
export { HttpError, notFound, type HttpErrorOptions } from './http/problem.ts';

export { openRedis, redisDependency, type Redis, type RedisOptions } from './redis.ts';
export { rateHeaders, rateLimiter, type RateDecision, type RateLimiter, type RateRule } from './rate-limit.ts';
export {
  sessionKey,
  sessionReader,
  sessionWriter,
  type OpenedSession,
  type Session,
  type SessionReader,
  type SessionWriter,
} from './session.ts';

export {
  openDatabase,
  type Database,
  type DatabaseOptions,
  type DatabaseTransaction,
  type OpenDatabase,
} from './database/database.ts';
export { defineMigrations, migrate, type Migrations } from './database/migrations.ts';
export type { RuntimeTables } from './database/runtime-tables.ts';
export { enqueue, readyMessage, type Outgoing, type ReadyMessage } from './database/outbox.ts';
export { relayBatch, startRelay, type PublishReady, type Relay, type RelayOptions } from './database/relay.ts';
export { handleOnce, sweepInbox } from './database/inbox.ts';
export { inboxGroups, type Effect, type InboxEntry, type InboxGroups } from './database/inbox-groups.ts';

export { openNats, type NatsLink, type NatsOptions } from './events/connection.ts';
export type { StreamAcknowledgement, StreamPublisher } from './events/stream-publisher.ts';
export { runConsumer, type ConsumerOptions, type DeliveryOutcome, type RunningConsumer } from './events/consumer.ts';
export {
  nakDelayMs,
  type Delivery,
  type DeliveryHandler,
  type HandlingOptions,
  type OnceOptions,
} from './events/delivery.ts';
export { PermanentError, RetryLater } from './events/errors.ts';
export { keepProvisioned, provision, withPolicy, type ProvisioningStep } from './events/provisioner.ts';
export { listen, publish, publisherOf, say } from './events/publisher.ts';
export { publishDeadLetter, type DeadLetter } from './events/dead-letter.ts';
