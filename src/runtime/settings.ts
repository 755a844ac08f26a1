/** The variables that the runtime itself reads, each with what holds when a declaration leaves it out. */
import type { AnyDeclaration } from './service.ts';
import { SETTING_RULES } from './setting-rules.ts';
import { StartError } from './start-error.ts';

/** How a process serves, and where its stores are. */
export interface Settings {
  readonly version: string;
  readonly logLevel: string;
  readonly pod: string | undefined;
  /** Origin that browsers know; undefined where mutations from other origins are not refused. */
  readonly publicOrigin: string | undefined;
  readonly trustProxyHops: number;
  readonly rateLimit: { readonly requests: number; readonly windowSeconds: number };
  readonly startDeadlineMs: number;
  readonly graceMs: number;
  readonly database: {
    readonly url: string;
    readonly schema: string;
    readonly poolMax: number;
    readonly statementTimeoutMs: number;
    readonly outboxPollMs: number;
  };
  readonly nats: Login & { readonly inboxPrefix: string };
  readonly redis: Login;
}

interface Login {
  readonly url: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Name of the connection on the server. */
  readonly name: string;
}

/** Grace of a process whose environment does not say. */
export const DEFAULT_GRACE_MS = 25_000;

/** The settings in a config. Throws a `StartError` with every variable that cannot be used. */
export function settingsOf(declaration: AnyDeclaration, config: Readonly<Record<string, unknown>>): Settings {
  const { name } = declaration;
  const faults: string[] = [];
  const read = <T extends string | number>(variable: string, fallback: T): T => {
    const value = config[variable] ?? fallback;
    if (typeof value !== typeof fallback) {
      faults.push(
        `${name} env ${variable} is a ${typeof value}, must be a ${typeof fallback}: declare it with runtimeEnv`,
      );
      return fallback;
    }
    const rule = SETTING_RULES.get(variable);
    if (rule !== undefined && !rule.holds(value as T)) {
      const shown = rule.hidden === true ? 'not valid' : JSON.stringify(value);
      faults.push(`${name} env ${variable} is ${shown}, must be ${rule.text}: correct the declaration or what sets it`);
    }
    return value as T;
  };
  const text = (variable: string): string | undefined => read<string>(variable, '') || undefined;
  const login = (store: 'NATS' | 'REDIS'): Login => ({
    url: read(`${store}_URL`, ''),
    user: text(`${store}_USER`),
    password: text(`${store}_PASSWORD`),
    name: read('NATS_CLIENT_NAME', name),
  });
  const settings: Settings = {
    version: read('APP_VERSION', '0.0.0'),
    logLevel: read('LOG_LEVEL', 'info'),
    pod: text('POD_NAME'),
    publicOrigin: text('PUBLIC_ORIGIN'),
    trustProxyHops: read('TRUST_PROXY_HOPS', 1),
    rateLimit: { requests: read('RATE_LIMIT', 0), windowSeconds: read('RATE_WINDOW_S', 60) },
    startDeadlineMs: read('START_DEADLINE_S', 60) * 1000,
    graceMs: read('SHUTDOWN_GRACE_MS', DEFAULT_GRACE_MS),
    database: {
      url: read('DATABASE_URL', ''),
      schema: read('DB_SCHEMA', declaration.databaseSchema ?? 'public'),
      poolMax: read('DB_POOL_MAX', 10),
      statementTimeoutMs: read('DB_STATEMENT_TIMEOUT_MS', 5000),
      outboxPollMs: read('OUTBOX_POLL_MS', 20),
    },
    nats: { ...login('NATS'), inboxPrefix: read('NATS_INBOX_PREFIX', `_INBOX_${name}`) },
    redis: login('REDIS'),
  };
  if (faults.length > 0) throw new StartError(faults.join('\n'));
  return settings;
}
