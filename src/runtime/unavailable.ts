/**
 * What an error says about the store that it came from: the one place that knows the codes and texts of PostgreSQL, Redis and
 * NATS. Requests that meet such an error answer 503, consumers wait and use up no delivery, transactions run again.
 *
 * A socket's error names no store: what opens the connection turns it into a {@link DependencyError}.
 */
import { RequestError } from './events/errors.ts';

/** Name of a dependency, and what it could not do. */
export interface Unavailability {
  readonly dependency: string;
  /**
   * `away`: nothing can be done there now (unreachable, silent, read-only, full, restarting); `slow`: this statement took too
   * long; `conflict`: this transaction met another one and may run again.
   */
  readonly kind: 'away' | 'slow' | 'conflict';
  /** Code or first word of the error, for an operator; no address, no data. */
  readonly reason: string;
}

/** Thrown when a dependency is away: at start after the deadline, in a request at once. */
export class DependencyError extends Error {
  override readonly name = 'DependencyError';
  /** Name of the dependency. */
  readonly dependency: string;
  /** Whether it answered and refused the login. */
  readonly refused: boolean;

  constructor(
    dependency: string,
    message: string,
    options: ErrorOptions & {
      /** Whether it answered and refused the login. @default false */
      readonly refused?: boolean;
    } = {},
  ) {
    super(message, options);
    this.dependency = dependency;
    this.refused = options.refused ?? false;
  }
}

/** Causes of causes that are looked at. */
const MOST_CAUSES = 5;

/** What an error, or one of its causes, says about a store; undefined when it is of another kind. */
export function unavailabilityOf(error: unknown): Unavailability | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < MOST_CAUSES; cause = cause.cause, depth += 1) {
    // its text is the responder's, and says nothing about a store of this service
    if (cause instanceof RequestError) return requestTrouble(cause);
    const found = dependencyTrouble(cause) ?? postgresTrouble(cause) ?? redisTrouble(cause) ?? natsTrouble(cause);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The dependency whose unavailability an error reports; undefined when the error is of another kind. */
export function absentDependencyOf(error: unknown): string | undefined {
  return unavailabilityOf(error)?.dependency;
}

/** Whether a store can do nothing now, so that trying again later costs nothing. */
export function isStoreAway(error: unknown): boolean {
  return unavailabilityOf(error)?.kind === 'away';
}

const SOCKET_CODE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** Whether a connection could not be made or was lost, whatever it leads to. */
export function isSocketError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isSocketError);
  return SOCKET_CODE.test(codeOf(error));
}

function dependencyTrouble(error: Error): Unavailability | undefined {
  if (!(error instanceof DependencyError)) return undefined;
  const { dependency, cause } = error;
  const known = unavailabilityOf(cause);
  if (known?.dependency === dependency) return known;
  return { dependency, kind: 'away', reason: codeOf(cause) || 'no answer' };
}

/** A request that was not answered, which may be answered later: who responds to it is a dependency too. */
function requestTrouble({ subject, reason }: RequestError): Unavailability | undefined {
  if (reason === 'timeout') return { dependency: subject, kind: 'slow', reason };
  const away = reason === 'no_responders' || reason === 'unavailable';
  return away ? { dependency: subject, kind: 'away', reason } : undefined;
}

/** 25006 read-only; 57P05 idle too long; 28… login; 53… full or too busy; 57P01–57P04 stopping, starting; 58… disk. */
const POSTGRES_AWAY = /^(08...|25006|28000|28P01|53...|57P0[1-5]|58...)$/;
/**
 * These end a connection, or fail a single statement: 08P01 too many parameters, 53200 memory, 53400 a configured limit.
 * The next statement may do, or this one never will.
 */
const POSTGRES_ONE_STATEMENT = /^(08P01|53200|53400)$/;
const PROTOCOL_VIOLATION = '08P01';
/** 57014 ended by `statement_timeout` or on request; 55P03 no lock in time; 25P03 a transaction that did nothing for long. */
const POSTGRES_SLOW = /^(57014|55P03|25P03)$/;
/** 40001 serialization failure; 40P01 deadlock. */
const POSTGRES_CONFLICT = /^(40001|40P01)$/;
/** What pg says without a code. */
const POSTGRES_TEXT =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed and is not queryable|Query read timeout|Cannot use a pool after calling end)/;

function postgresTrouble(error: Error): Unavailability | undefined {
  const code = codeOf(error);
  const dependency = 'postgres';
  if (POSTGRES_ONE_STATEMENT.test(code) && !isFatal(error)) {
    return code === PROTOCOL_VIOLATION ? undefined : { dependency, kind: 'slow', reason: code };
  }
  if (POSTGRES_AWAY.test(code)) return { dependency, kind: 'away', reason: code };
  if (POSTGRES_SLOW.test(code)) return { dependency, kind: 'slow', reason: code };
  if (POSTGRES_CONFLICT.test(code)) return { dependency, kind: 'conflict', reason: code };
  return POSTGRES_TEXT.test(error.message) ? { dependency, kind: 'away', reason: 'connection lost' } : undefined;
}

/** Whether the server ended the connection with it. */
function isFatal(error: Error): boolean {
  return 'severity' in error && ['FATAL', 'PANIC'].includes(String(error.severity));
}

const REDIS_REPLY =
  /^(?:ERR .*-)?(LOADING|MASTERDOWN|READONLY|NOREPLICAS|MISCONF|BUSY|OOM|CLUSTERDOWN|TRYAGAIN|WRONGPASS|NOAUTH)\b/;
/** What ioredis says without a reply. */
const REDIS_TEXT =
  /^(Connection is closed|Command timed out|Stream isn't writeable|Reached the max retries per request|Socket timeout)/;

function redisTrouble(error: Error): Unavailability | undefined {
  const dependency = 'redis';
  const reply = REDIS_REPLY.exec(error.message)?.[1];
  if (reply !== undefined) return { dependency, kind: 'away', reason: reply };
  if (REDIS_TEXT.test(error.message) || error.name === 'MaxRetriesPerRequestError') {
    return { dependency, kind: 'away', reason: 'no answer' };
  }
  // a transaction is refused as a whole, the reasons are beside it
  const { previousErrors } = error as { readonly previousErrors?: unknown };
  return Array.isArray(previousErrors)
    ? previousErrors.map((one) => (one instanceof Error ? redisTrouble(one) : undefined)).find(Boolean)
    : undefined;
}

const NATS_AWAY = /^(TIMEOUT|503|CONNECTION_CLOSED|CONNECTION_DRAINING|DISCONNECT|CONNECTION_REFUSED|REQUEST_ERROR)$/;

function natsTrouble(error: Error): Unavailability | undefined {
  if (error.name !== 'NatsError' || !NATS_AWAY.test(codeOf(error))) return undefined;
  return { dependency: 'nats', kind: 'away', reason: codeOf(error) };
}

/** The code that an error carries; empty without one. */
export function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
