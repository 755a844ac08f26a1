/** The variables of a microservice: those that it declares, and the store URLs that every service has by default. */
import { Env } from '#env';
import type { EnvFrom, EnvVariable, KeyRef } from '#env';

/** Variable that holds the version that is deployed. */
const VERSION_VARIABLE = 'APP_VERSION';
/** Conventional name and port of each store. */
const STORES = { nats: 4222, redis: 6379, postgres: 5432 } as const;
const DATABASE_SECRET_KEY = 'database-url';
const SHORT_DIGEST_LENGTH = 12;

/** URL of a store: a text, in which `$(NAME)` refers to other variables, or a key of a Secret; false for no variable. */
export type StoreUrl = string | KeyRef | false;

/** What the variables are made from. */
export interface MicroserviceEnv {
  readonly env: readonly EnvVariable[];
  readonly envFrom: readonly EnvFrom[];
  readonly natsUrl?: StoreUrl | undefined;
  readonly redisUrl?: StoreUrl | undefined;
  readonly databaseUrl?: StoreUrl | undefined;
  /** `host:port/database` of the app's PostgreSQL that has the service; asked only if the URL is composed. */
  readonly database: () => string | undefined;
  readonly namespace: string | undefined;
}

/** Declared variables, with the URLs of the stores in front where they are left out. */
export function withStoreUrls(props: MicroserviceEnv): readonly EnvVariable[] {
  const keys = props.envFrom.flatMap(({ prefix = '', keys = [] }) => keys.map((key) => prefix + key));
  const known = new Set([...props.env.map(({ name }) => name), ...keys]);
  const urls = [
    ...urlVariable('NATS_URL', props.natsUrl ?? `nats://${address('nats', props.namespace)}`),
    ...urlVariable('REDIS_URL', props.redisUrl ?? `redis://${address('redis', props.namespace)}`),
    ...databaseUrl(props, known),
  ];
  return [...urls.filter(({ name }) => !known.has(name)), ...props.env];
}

/** What is given, with the version of the image where the declaration leaves it open and nobody says it. */
export function withVersion(
  given: Readonly<Record<string, string>>,
  env: readonly EnvVariable[],
  image: string,
): Readonly<Record<string, string>> {
  const open = env.some(({ name, source }) => name === VERSION_VARIABLE && source.kind === 'given');
  const version = versionOf(image);
  if (!open || version === undefined || given[VERSION_VARIABLE] !== undefined) return given;
  return { ...given, [VERSION_VARIABLE]: version };
}

/** Tag of an image reference, else the first twelve digits of its digest. */
export function versionOf(image: string): string | undefined {
  const [reference = '', digest] = image.split('@sha256:');
  return /:([^:/]+)$/.exec(reference)?.[1] ?? digest?.slice(0, SHORT_DIGEST_LENGTH);
}

function address(store: keyof typeof STORES, namespace: string | undefined): string {
  const host = namespace === undefined ? store : `${store}.${namespace}.svc.cluster.local`;
  return `${host}:${STORES[store]}`;
}

function urlVariable(name: string, url: StoreUrl): EnvVariable[] {
  if (url === false) return [];
  return [typeof url === 'string' ? Env.value(name, url) : Env.secret(name, url)];
}

function databaseUrl(props: MicroserviceEnv, known: ReadonlySet<string>): EnvVariable[] {
  const { databaseUrl: given, namespace, database } = props;
  if (known.has('DATABASE_URL')) return [];
  if (given === undefined && known.has('DB_USER') && known.has('DB_PASS')) {
    const part = (name: string, otherwise: string): string => (known.has(name) ? `$(${name})` : otherwise);
    const [, host = 'postgres', port = String(STORES.postgres), name = '$(DB_USER)'] =
      /^(.+):(\d+)\/(.+)$/.exec((known.has('DB_NAME') ? undefined : database()) ?? '') ?? [];
    const server = `${part('DB_HOST', host)}:${part('DB_PORT', port)}`;
    return [Env.value('DATABASE_URL', `postgresql://$(DB_USER):$(DB_PASS)@${server}/${part('DB_NAME', name)}`)];
  }
  return urlVariable('DATABASE_URL', given ?? { name: `${namespace ?? 'default'}-secrets`, key: DATABASE_SECRET_KEY });
}
