/** The public names of `cdk8s-nats/runtime`: what a service process needs. docs/runtime.md is its guide. */
// first, since its first module waits for signals: early-end.ts
export { explain, runService } from './run-service.ts';
export { defineService, type ServiceDefinition, type ServiceParts } from './definition.ts';
export { startService, type RunningService, type StartOptions } from './start-service.ts';
export type {
  AnyDeclaration,
  AnyService,
  Service,
  ServiceConfig,
  ServiceCore,
  WithDatabase,
  WithNats,
  WithOutbox,
  WithRedis,
  WithSessions,
} from './service.ts';

export { createLogger, type Logger } from './log.ts';
export { currentTrace, runInTrace, type Trace, type TraceContext } from './trace.ts';
export type { Dependency, DependencyState } from './dependency.ts';
export { absentDependencyOf, DependencyError } from './unavailable.ts';
export type { Loop } from './loop.ts';

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
export { clientNetwork } from './http/client-network.ts';
export { sessionCookie, type SessionCookie } from './http/cookie.ts';
export { decodeCursor, encodeCursor, pageFrom } from './http/cursor.ts';
export { assertVersion, etagOf, ifMatchVersion } from './http/etag.ts';
export { openEventStream, type EventStream } from './http/event-stream.ts';
export { type Metrics } from './http/metrics.ts';
export { HttpError, notFound, type HttpErrorOptions } from './http/problem.ts';

export type { Redis } from './redis.ts';
export { rateHeaders, rateLimiter, type RateDecision, type RateLimiter, type RateRule } from './rate-limit.ts';
export { redisSessions, type RedisSessions } from './sessions/redis-sessions.ts';
export type { SessionOf, SessionSource } from './sessions/session-source.ts';
export { SessionWriter, type OpenedSession, type SessionLimits, type SessionOwner } from './sessions/session-writer.ts';
export { type SessionSchema, type StoredSession } from './sessions/stored-session.ts';

export type { Database, DatabaseOptions, DatabaseTransaction, OpenDatabase } from './database/database.ts';
export { defineMigrations, type Migrations } from './database/define-migrations.ts';
export { handleOnce } from './database/inbox.ts';
export { openDatabase } from './database/open-database.ts';
export type { Enqueued } from './outbox/outbox-writer.ts';
export type { Outgoing } from './outbox/ready-message.ts';
export type { RuntimeTables } from './database/runtime-tables.ts';

export { encodeDeadLetter, withShallowPayload } from './events/dead-letter.ts';
export type { DeadLetter, DeathCause } from './events/dead-letter.ts';
export type {
  AfterCommit,
  Delivery,
  DeliveryHandler,
  HandlingOptions,
  TransactionalEffect,
  TransactionalOptions,
} from './events/delivery.ts';
export {
  PermanentError,
  RequestError,
  RequestRefusal,
  RetryLater,
  type RefusedWith,
  type RequestFailure,
} from './events/errors.ts';
export type { NatsLink, StoredMessage } from './events/nats-link.ts';
export type {
  Consumption,
  ReceivedCore,
  ReceivedRequest,
  Responder,
  ResponderHandler,
  Subscription,
} from './events/parts.ts';
export type { OutgoingRequest } from './events/request.ts';
export { withPolicy } from './events/provisioner.ts';
export type { StreamAcknowledgement, StreamPublisher } from './events/stream-publisher.ts';
