/**
 * What a service depends on: PostgreSQL, Redis, NATS, a disk. At start each is retried with growing pauses until a
 * deadline; a refused login ends the start at once, since waiting does not mend a wrong secret.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, DependencyError } from './unavailable.ts';

/** How a dependency is, for `/readyz`. */
export interface DependencyState {
  /** Whether it can be used now. */
  readonly up: boolean;
  /** One sentence for an operator; no secret, no address. @default - none */
  readonly detail?: string;
  /** When each of its parts did its work last, as an ISO date; null for not yet. @default - none */
  readonly lastSuccess?: Readonly<Record<string, string | null>>;
}

/** Something that a service needs, and how to ask whether it is there. */
export interface Dependency {
  /** Name such as `postgres`, as shown by `/readyz` and in a 503. */
  readonly name: string;
  /**
   * Whether this replica takes no requests without it: for what it alone has, such as a disk. What all replicas share is
   * only reported, and what needs it answers 503 by itself.
   */
  readonly required: boolean;
  /** Asks it; rejects or returns `up: false` when it cannot be used. */
  check(): Promise<DependencyState> | DependencyState;
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
  if (error instanceof DependencyError && error.cause !== undefined) return isRefusedLogin(error.cause);
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
      if (cause instanceof DependencyError && cause.refused) throw cause;
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

/** Text of an error for one line; an `AggregateError` of several addresses says what each said. */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(textOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
