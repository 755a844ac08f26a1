/**
 * What a service depends on: PostgreSQL, Redis, NATS, a disk. At start each is retried with growing pauses until a
 * deadline; a refused login ends the start at once, since waiting does not mend a wrong secret.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** How a dependency is, for `/readyz`. */
export interface DependencyState {
  readonly up: boolean;
  /** One sentence for an operator; no secret, no address. */
  readonly detail?: string;
}

/** Something that a service needs, and how to ask whether it is there. */
export interface Dependency {
  /** Name such as `postgres`, as shown by `/readyz` and in a 503. */
  readonly name: string;
  /**
   * Whether the service takes no requests without it. The others are reported, and what needs them answers 503 by itself.
   */
  readonly required: boolean;
  check(): Promise<DependencyState> | DependencyState;
}

/** Thrown when a dependency is away: at start after the deadline, in a request at once. */
export class DependencyError extends Error {
  override readonly name = 'DependencyError';
  readonly dependency: string;
  /** Whether it answered and refused the login. */
  readonly refused: boolean;

  constructor(dependency: string, message: string, options: ErrorOptions & { readonly refused?: boolean } = {}) {
    super(message, options);
    this.dependency = dependency;
    this.refused = options.refused ?? false;
  }
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
const REFUSALS: readonly RegExp[] = [
  /password authentication failed/i,
  /no pg_hba\.conf entry/i,
  /role ".*" (does not exist|is not permitted)/i,
  /^WRONGPASS/,
  /^NOAUTH/,
  /authorization[ _]violation/i,
  /invalid username-password/i,
];

/** Whether an error says that the login was refused, by PostgreSQL (28xxx), Redis or NATS. */
export function isRefusedLogin(error: unknown): boolean {
  const code = codeOf(error);
  if (code === '28P01' || code === '28000' || code === 'AUTHORIZATION_VIOLATION') return true;
  return REFUSALS.some((pattern) => pattern.test(textOf(error)));
}

/**
 * Calls `open` until it succeeds. Throws a {@link DependencyError} that names the dependency: at once when it refuses the
 * login, else when the deadline has passed.
 */
export async function openWithRetries<T>(
  options: {
    readonly dependency: string;
    /** Where the login comes from, named when it is refused: `DB_USER and DB_PASS`. */
    readonly login: string;
    /** Milliseconds after which it gives up; 30 s at the least in production. */
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
    readonly onRetry?: (error: unknown, pauseMs: number) => void;
  },
  open: () => Promise<T>,
): Promise<T> {
  const { dependency, login, deadlineMs, signal } = options;
  const startedAt = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await open();
    } catch (cause) {
      if (isRefusedLogin(cause)) {
        const message = `${dependency} refused the login (${textOf(cause)}): correct ${login}`;
        throw new DependencyError(dependency, message, { cause, refused: true });
      }
      const left = deadlineMs - (performance.now() - startedAt);
      if (left <= 0 || signal?.aborted === true) {
        const seconds = Math.round(deadlineMs / 1000);
        throw new DependencyError(dependency, `${dependency} did not answer within ${seconds} s (${textOf(cause)})`, {
          cause,
        });
      }
      const wait = Math.min(pauseMs, left);
      options.onRetry?.(cause, wait);
      await pause(wait, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }
}

/** The dependency that an error reports as unavailable; undefined for any other error. */
export function absentDependencyOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    if (cause instanceof DependencyError) return cause.dependency;
    if (isPostgresAbsence(cause)) return 'postgres';
    if (isRedisAbsence(cause)) return 'redis';
    if (isNatsAbsence(cause)) return 'nats';
  }
  return undefined;
}

const POSTGRES_ABSENCE = /^(08...|57P0[123]|53300|25P03)$/;
const POSTGRES_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Cannot use a pool after calling end)/;
const SOCKET_CODE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
const REDIS_TEXT =
  /^(Connection is closed|Command timed out|Stream isn't writeable|Reached the max retries per request|Socket timeout|LOADING|MASTERDOWN|READONLY|OOM )/;

function isPostgresAbsence(error: Error): boolean {
  const code = codeOf(error);
  return POSTGRES_ABSENCE.test(code) || POSTGRES_TEXT.test(error.message) || SOCKET_CODE.test(code);
}

function isRedisAbsence(error: Error): boolean {
  return REDIS_TEXT.test(error.message) || error.name === 'MaxRetriesPerRequestError';
}

function isNatsAbsence(error: Error): boolean {
  if (error.name !== 'NatsError') return false;
  return /^(TIMEOUT|503|CONNECTION_CLOSED|CONNECTION_DRAINING|DISCONNECT|CONNECTION_REFUSED|REQUEST_ERROR)$/.test(
    codeOf(error),
  );
}

/** Text of an error for one line; an `AggregateError` of several addresses says what each said. */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(textOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
