import { defineTopology, readConfig, type Api, type Topology } from '#declare';
import {
  startService,
  type AnyDeclaration,
  type Logger,
  type RunningService,
  type ServiceDefinition,
  type SessionSource,
} from '#runtime';
import { ThrowAwaySecrets } from '#throw-away-secrets';
import { serviceEnv } from './service-env.ts';
import type { TestMessages, TestNats } from './test-nats.ts';
import { assertStores, isOwn, startTestServers, type TestServers, type TestStore } from './test-servers.ts';

/** How a service is started for a test. */
export interface TestOptions {
  /** Values that replace those of the declaration. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Streams and services. @default - the topology of the definition, else this service alone */
  readonly topology?: Topology;
  /** Whether missing servers are installed with apt-get, on Debian as root. @default false */
  readonly install?: boolean;
  /** @default - none: `LOG_LEVEL` is `silent` */
  readonly log?: Logger;
}

/** A service that runs on servers of its own. */
export interface TestService<D extends AnyDeclaration, Tables, Sessions extends SessionSource | undefined>
  extends RunningService<D, Tables, Sessions>, TestMessages {
  /** Ends the service in order, then its servers. */
  stop(): Promise<void>;
}

/**
 * Starts a service for a test on a free port and on servers of its own: those of its declaration, with the roles, users and
 * permissions that the manifests would give it. They are found on PATH; `TEST_DATABASE_URL`, `TEST_REDIS_URL` and
 * `TEST_NATS_URL` name running ones instead. Nothing is installed.
 *
 * Throws what `startService` throws, and an `Error` that names every server that is missing.
 *
 * @example
 * const orders = await startForTest(service);
 * await fetch(`${orders.url}/api/orders`, { method: 'POST', … });
 * expect(await orders.received(orderPlaced)).toMatchObject({ cents: 1250 });
 * await orders.stop();
 */
export async function startForTest<
  D extends AnyDeclaration,
  A extends Api,
  Tables,
  Sessions extends SessionSource | undefined,
  Context,
>(
  definition: ServiceDefinition<D, A, Tables, Sessions, Context>,
  options: TestOptions = {},
): Promise<TestService<D, Tables, Sessions>> {
  const { declaration } = definition;
  const stores = storesOf(declaration);
  if (options.install !== true) assertStores(stores);
  const topology = topologyFor(definition as unknown as ServiceDefinition, options);
  const servers = await startTestServers({ topology, stores, database: databaseOf(declaration), foreign: true });
  const open: { stop(): Promise<void> }[] = [servers];
  const stop = async (): Promise<void> => {
    for (const one of open.splice(0).reverse()) await one.stop();
  };
  try {
    const nats = await natsOf(servers, declaration, topology);
    if (nats !== undefined) open.push(nats);
    const env = servers.env(declaration, options.env);
    const parts = { ...definition.parts, topology };
    const running = await startService({ declaration, parts }, { env, port: 0, ...logOf(options) });
    open.push(running);
    return { ...running, ...(nats ?? withoutNats(declaration)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Variables of the stores, in the order in which missing programs are named. */
const STORES: Readonly<Record<TestStore, string>> = {
  postgres: 'DATABASE_URL',
  redis: 'REDIS_URL',
  nats: 'NATS_URL',
};

function storesOf({ env }: AnyDeclaration): readonly TestStore[] {
  const all = Object.keys(STORES) as TestStore[];
  return all.filter((store) => env.some(({ name }) => name === STORES[store]));
}

/** Name that the declaration gives its database. */
function databaseOf({ env }: AnyDeclaration): string {
  const source = env.find(({ name }) => name === 'DB_NAME')?.source;
  return source?.kind === 'value' && !source.value.includes('$(') ? source.value : 'test';
}

/** A topology that settings change is made of the declared settings, and those of the test. */
function topologyFor({ declaration, parts }: ServiceDefinition, options: TestOptions): Topology {
  const { topology = parts.topology } = options;
  if (topology === undefined) return defineTopology({ streams: [], services: [declaration] });
  const found = typeof topology === 'function' ? topology(configFor(declaration, options) as never) : topology;
  if (found.services.some(({ name }) => name === declaration.name)) return found;
  const names = found.services.map(({ name }) => name).join(', ') || 'none';
  throw new Error(`the topology has the services ${names}, must have ${declaration.name}: add it to defineTopology`);
}

/** Config of the declared settings and those of the test; passwords and addresses are not those of the servers. */
function configFor(declaration: AnyDeclaration, { env = {} }: TestOptions): unknown {
  return readConfig(declaration.env, serviceEnv(declaration, new ThrowAwaySecrets(), env), declaration.name);
}

async function natsOf(
  { nats, logins }: TestServers,
  declaration: AnyDeclaration,
  topology: Topology,
): Promise<TestNats | undefined> {
  if (nats === undefined) return undefined;
  // a service without NATS is tested without its client
  const { openTestNats } = await import('./test-nats.ts');
  return await openTestNats({ url: nats.url, logins: isOwn(nats) ? logins : undefined }, declaration, topology);
}

/** What there is in place of messages for a service that has no NATS. */
function withoutNats({ name }: AnyDeclaration): TestMessages {
  const refuse = async (): Promise<never> =>
    await Promise.reject(new Error(`${name} has no NATS_URL, so it has no messages: add nats to its runtimeEnv`));
  return { publish: refuse, received: refuse, handled: refuse, request: refuse, respond: refuse };
}

function logOf({ log }: TestOptions): { readonly log?: Logger } {
  return log === undefined ? {} : { log };
}
