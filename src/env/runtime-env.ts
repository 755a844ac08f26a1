/**
 * The variables that `cdk8s-nats/runtime` reads, for the declaration of a service. The declaration determines the
 * stores of the service: with `DATABASE_URL` in it the process opens PostgreSQL, with `NATS_URL` NATS, with `REDIS_URL`
 * Redis.
 */
import { Env, type EnvVariable, type KeyRef } from './variable.ts';

/** Which stores a service uses, and where they are. */
export interface RuntimeStores {
  /**
   * Adds settings for services that browsers call: `PUBLIC_ORIGIN` and `COOKIE_NAME`.
   * @default - other origins are not refused
   */
  readonly browser?: {
    /** Name of the session cookie over https. @default '__Host-sid' */
    readonly cookieName?: string;
  };
  /** Rate limit per client address; needs Redis. @default - none */
  readonly rateLimit?: { readonly requests: number; readonly windowSeconds: number };
  /** PostgreSQL. @default - the service has no database */
  readonly database?: {
    /** Name of the database. */
    readonly name: string;
    readonly password: KeyRef;
    /** @default 'postgres' */
    readonly host?: string;
    /** Maximum number of connections per process. @default 10 */
    readonly poolMax?: number;
  };
  /** NATS. @default - the service does not talk over NATS */
  readonly nats?: {
    readonly password: KeyRef;
    /** @default 'nats://nats:4222' */
    readonly url?: string;
  };
  /** Redis. @default - the service has no Redis */
  readonly redis?: {
    readonly password: KeyRef;
    /** @default 'redis://redis:6379' */
    readonly url?: string;
  };
}

type Given<S extends RuntimeStores, Key extends keyof RuntimeStores, Variables extends readonly EnvVariable[]> =
  S extends Readonly<Record<Key, object>> ? Variables[number] : never;

/** The variables of a service by its stores. */
export type RuntimeEnv<S extends RuntimeStores = RuntimeStores> = readonly (
  | ReturnType<typeof processEnv>[number]
  | ReturnType<typeof servingEnv>[number]
  | Given<S, 'browser', ReturnType<typeof browserEnv>>
  | Given<S, 'rateLimit', ReturnType<typeof rateLimitEnv>>
  | Given<S, 'database', ReturnType<typeof databaseEnv>>
  | Given<S, 'nats', ReturnType<typeof natsEnv>>
  | Given<S, 'redis', ReturnType<typeof redisEnv>>
)[];

/** Milliseconds from SIGTERM until the process ends by itself. */
const SHUTDOWN_GRACE_MS = 25_000;

/**
 * Variables of a service on `cdk8s-nats/runtime`. None is required: the runtime has a default for each.
 *
 * @example env: [...runtimeEnv('orders', { database: { name: 'shop', password: secrets.key('orders-db-password') } })]
 */
export function runtimeEnv<const S extends RuntimeStores>(service: string, stores: S): RuntimeEnv<S> {
  const { browser, rateLimit, database, nats, redis }: RuntimeStores = stores;
  const variables: readonly EnvVariable[] = [
    ...processEnv(service),
    ...(browser === undefined ? [] : browserEnv(browser)),
    ...servingEnv().slice(0, 1),
    ...(rateLimit === undefined ? [] : rateLimitEnv(rateLimit)),
    ...servingEnv().slice(1),
    ...(database === undefined ? [] : databaseEnv(database)),
    ...(nats === undefined ? [] : natsEnv(nats)),
    ...(redis === undefined ? [] : redisEnv(redis)),
  ];
  return variables as RuntimeEnv<S>;
}

function processEnv(service: string) {
  return [
    Env.value('SERVICE_NAME', service),
    Env.field('POD_NAME', 'metadata.name'),
    Env.field('POD_NAMESPACE', 'metadata.namespace'),
    Env.value('NODE_ENV', 'production'),
    Env.given('APP_VERSION'),
    Env.given('LOG_LEVEL', { fallback: 'info' }),
  ] as const;
}

function browserEnv({ cookieName = '__Host-sid' }: NonNullable<RuntimeStores['browser']>) {
  return [Env.given('PUBLIC_ORIGIN', { parse: readOrigin }), Env.value('COOKIE_NAME', cookieName)] as const;
}

function servingEnv() {
  return [
    Env.value('TRUST_PROXY_HOPS', 1),
    Env.value('START_DEADLINE_S', 60),
    Env.value('SHUTDOWN_GRACE_MS', SHUTDOWN_GRACE_MS),
  ] as const;
}

function rateLimitEnv({ requests, windowSeconds }: NonNullable<RuntimeStores['rateLimit']>) {
  return [Env.value('RATE_LIMIT', requests), Env.value('RATE_WINDOW_S', windowSeconds)] as const;
}

function databaseEnv(props: NonNullable<RuntimeStores['database']>) {
  return [
    Env.value(
      'DATABASE_URL',
      'postgresql://$(DB_USER):$(DB_PASS)@$(DB_HOST):$(DB_PORT)/$(DB_NAME)?application_name=$(SERVICE_NAME)',
    ),
    Env.value('DB_HOST', props.host ?? 'postgres'),
    Env.value('DB_PORT', 5432),
    Env.value('DB_NAME', props.name),
    Env.value('DB_USER', '$(SERVICE_NAME)'),
    Env.secret('DB_PASS', required(props.password)),
    Env.value('DB_SCHEMA', '$(SERVICE_NAME)'),
    Env.value('DB_POOL_MAX', props.poolMax ?? 10),
    Env.value('OUTBOX_POLL_MS', 20),
  ] as const;
}

function natsEnv(props: NonNullable<RuntimeStores['nats']>) {
  return [
    Env.value('NATS_URL', props.url ?? 'nats://nats:4222'),
    Env.value('NATS_USER', '$(SERVICE_NAME)'),
    Env.secret('NATS_PASSWORD', required(props.password)),
    Env.value('NATS_CLIENT_NAME', '$(SERVICE_NAME).$(POD_NAMESPACE).$(POD_NAME)'),
    Env.value('NATS_INBOX_PREFIX', '_INBOX_$(SERVICE_NAME)'),
  ] as const;
}

function redisEnv(props: NonNullable<RuntimeStores['redis']>) {
  return [
    Env.value('REDIS_URL', props.url ?? 'redis://redis:6379'),
    Env.value('REDIS_USER', '$(SERVICE_NAME)'),
    Env.secret('REDIS_PASSWORD', required(props.password)),
    Env.value('REDIS_PREFIX', '$(SERVICE_NAME):'),
  ] as const;
}

/** A login is never optional, whatever the reference to it says. */
function required({ name, key }: KeyRef): { readonly name: string; readonly key: string } {
  return { name, key };
}

/** Reads an origin such as `https://video.example.org`: scheme and host, no path. */
function readOrigin(text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text) {
    throw new Error('must be an origin such as https://video.example.org, without a path or a slash at the end');
  }
  return text;
}
