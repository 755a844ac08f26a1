/**
 * Which hosts and ports a container will dial, read from its environment: URLs (several, separated by commas, too),
 * pairs such as DB_HOST and DB_PORT, and `host:port` in variables whose name says so. Network policies and the checks
 * across objects work from it. What comes from a Secret is unseen: a URL with an unseen host counts as none.
 */
import { expandArguments } from '#env';
import type { RawEnv } from '#env';
import { seenValues } from './raw-env.ts';

/** A host and port that a container dials. */
export interface Connection {
  /** Host, unresolved. */
  readonly host: string;
  /** Name of the Service when the host lies in the cluster; undefined when it lies outside. */
  readonly service: string | undefined;
  /** Namespace of that Service; undefined when the host lies outside. */
  readonly namespace: string | undefined;
  /** Port, TCP. */
  readonly port: number;
  /** Variable that it was read from. */
  readonly from: string;
  /** Scheme of the URL in lower-case, such as `nats`; undefined when it was no URL. */
  readonly scheme: string | undefined;
  /** Whether it is only supposed: the URL comes from a Secret and the store's customary name stands for it. */
  readonly assumed: boolean;
}

/** How names of the cluster are told from others. */
export interface ClusterNames {
  /** Namespaces besides the container's own, so that `<service>.<namespace>` is known for one of the cluster. @default [] */
  readonly namespaces?: readonly string[];
  /** @default 'cluster.local' */
  readonly clusterDomain?: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  nats: 4222,
  tls: 4222,
  redis: 6379,
  rediss: 6379,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  mongodb: 27017,
  amqp: 5672,
  amqps: 5671,
};
/** Where a store is, by custom, when the URL in this variable comes from a Secret. */
const CUSTOMARY: Readonly<Record<string, { readonly host: string; readonly port: number; readonly scheme: string }>> = {
  NATS_URL: { host: 'nats', port: 4222, scheme: 'nats' },
  REDIS_URL: { host: 'redis', port: 6379, scheme: 'redis' },
  DATABASE_URL: { host: 'postgres', port: 5432, scheme: 'postgresql' },
};
const URL_START = /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\//i;
const AUTHORITY = /^(?:jdbc:)?[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:@]*)(?::(\d+))?(?=[/?#]|$)/i;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;
const HOST_VARIABLE = /^(.*[A-Z0-9])_?HOST(?:NAME)?$/;
const ADDRESS_VARIABLE = /_(?:HOST|ADDR|ADDRESS|ADDRESSES|ENDPOINT|ENDPOINTS|SERVER|SERVERS|BROKERS)$/;
const OWN_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|\[::1?\])$/i;

/** The hosts and ports that the entries of a container's env name, in their order. */
export function connectionsOf(
  entries: readonly RawEnv[],
  namespace: string,
  names: ClusterNames = {},
): readonly Connection[] {
  const values = valuesOf(entries);
  return entries.flatMap(({ name, valueFrom }) => {
    const value = values.get(name);
    if (value === undefined) return valueFrom === undefined ? [] : customary(name, namespace);
    return dialled(name, value, values).map(({ host, port, scheme }) => ({
      host,
      ...placeOf(host, namespace, names),
      port,
      from: name,
      scheme,
      assumed: false,
    }));
  });
}

/**
 * The hosts and ports that the words of a command line name, `$(NAME)` in them expanded: URLs, alone or behind an option, and
 * addresses behind an option that is called so, as a variable of that name would be.
 */
export function connectionsOfWords(
  words: readonly string[],
  entries: readonly RawEnv[],
  namespace: string,
  names: ClusterNames = {},
): readonly (Connection & { readonly word: number })[] {
  const env = seenValues(entries);
  const expanded = expandArguments(words, env);
  const options = expanded.map((word, index) => optionOf(word, expanded[index - 1]));
  const values = new Map(options.map(({ name, value }) => [name, value]));
  return options.flatMap(({ name, value }, word) =>
    (URL_START.test(value) || name !== '' ? dialled(name, value, values) : []).map(({ host, port, scheme }) => ({
      host,
      ...placeOf(host, namespace, names),
      port,
      from: 'args',
      scheme,
      assumed: false,
      word,
    })),
  );
}

/** Options whose address is the program's own, or that it only tells others. */
const OWN_ADDRESS = /LISTEN|BIND|ADVERTISE|ANNOUNCE|EXTERNAL|ISSUER|CALLBACK|REDIRECT|ORIGIN/;

/** The name of an option, spelt as a variable, and its value; a word that is no option has its own text alone. */
function optionOf(word: string, before: string | undefined): { readonly name: string; readonly value: string } {
  const [, option, value] = /^--?([\w.-]+)=(.*)$/s.exec(word) ?? [];
  const named = option ?? (word.startsWith('-') ? undefined : /^--?([\w.-]+)$/.exec(before ?? '')?.[1]);
  const name = (named ?? '').toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return OWN_ADDRESS.test(name) ? { name: '', value: '' } : { name, value: value ?? word };
}

/** Service and namespace of a host name; undefined for both when it lies outside the cluster. */
export function placeOf(
  host: string,
  namespace: string,
  { namespaces = [], clusterDomain = 'cluster.local' }: ClusterNames = {},
): Pick<Connection, 'service' | 'namespace'> {
  const bare = nameOf(host);
  if (bare === undefined) return OUTSIDE;
  const suffix = [`.svc.${clusterDomain}`, '.svc'].find((ending) => bare.endsWith(ending)) ?? '';
  const inCluster = suffix !== '';
  const labels = bare.slice(0, bare.length - suffix.length).split('.');
  const last = labels.at(-1) ?? '';
  if (labels.length === 1) return inCluster ? OUTSIDE : { service: last, namespace };
  if (!inCluster && (labels.length > 2 || (last !== namespace && !namespaces.includes(last)))) return OUTSIDE;
  // `nats-0.nats-headless.<namespace>.svc` is a pod of the Service before the namespace
  return { service: labels.at(-2), namespace: last };
}

const OUTSIDE = { service: undefined, namespace: undefined };

/** A host that is a name, in small letters and without a dot at its end. */
function nameOf(host: string): string | undefined {
  const bare = host.toLowerCase().replace(/\.$/, '');
  return HOST_NAME.test(bare) && !/^\d+(\.\d+){3}$/.test(bare) ? bare : undefined;
}

interface Dialled {
  readonly host: string;
  readonly port: number;
  readonly scheme: string | undefined;
}

/** Final values of what is seen; what comes by reference is left out. */
function valuesOf(entries: readonly RawEnv[]): ReadonlyMap<string, string> {
  const values = seenValues(entries);
  const seen = entries.filter((entry) => entry.valueFrom === undefined).map((entry) => entry.name);
  return new Map(seen.map((name) => [name, values[name] ?? '']));
}

function customary(name: string, namespace: string): Connection[] {
  const store = CUSTOMARY[name];
  return store === undefined ? [] : [{ ...store, service: store.host, namespace, from: name, assumed: true }];
}

function dialled(name: string, value: string, values: ReadonlyMap<string, string>): readonly Dialled[] {
  const found = URL_START.test(value) ? value.split(',').flatMap(urlTarget) : plainTargets(name, value, values);
  return found.filter(({ host }) => !OWN_HOST.test(host));
}

function urlTarget(text: string): readonly Dialled[] {
  const scheme = URL_START.exec(text.trim())?.[1]?.toLowerCase();
  const [, host = '', port] = AUTHORITY.exec(text.trim()) ?? [];
  const number = port === undefined ? DEFAULT_PORTS[scheme ?? ''] : Number(port);
  return isHost(host) && number !== undefined ? [{ host, port: number, scheme }] : [];
}

function plainTargets(name: string, value: string, values: ReadonlyMap<string, string>): readonly Dialled[] {
  if (ADDRESS_VARIABLE.test(name) && value.includes(':')) return value.split(',').flatMap(addressTarget);
  const port = portBeside(name, values);
  return port !== undefined && isHost(value) ? [{ host: value, port, scheme: undefined }] : [];
}

function addressTarget(text: string): Dialled[] {
  const [, host = '', port] = /^([^:]+):(\d+)$/.exec(text.trim()) ?? [];
  return isHost(host) ? [{ host, port: Number(port), scheme: undefined }] : [];
}

/** Port in the variable that belongs to a host's: DB_HOST has DB_PORT, PGHOST has PGPORT. */
function portBeside(name: string, values: ReadonlyMap<string, string>): number | undefined {
  if (!HOST_VARIABLE.test(name)) return undefined;
  const text = values.get(name.replace(/HOST(NAME)?$/, 'PORT'));
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function isHost(host: string): boolean {
  return HOST_NAME.test(host) || host.startsWith('[');
}
