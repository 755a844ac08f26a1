/**
 * PostgreSQL, Redis and NATS of a test, set up as the manifests would: a role and schema, a Redis user and a NATS account for
 * each service, with the rights of its declaration and no more. A server that the environment names is used as it is.
 */
import { randomBytes } from 'node:crypto';
import type { NatsAccount, ServiceDeclaration, Topology } from '#declare';
import {
  assertInstalled,
  isServerNamed,
  startNats,
  startPostgres,
  startRedis,
  type ProgramName,
  type RunningNats,
  type RunningPostgres,
  type RunningRedis,
  type RunningServer,
} from '#local-servers';
import { Logins } from './logins.ts';
import { makeRedisUsers } from './redis-users.ts';
import { serviceEnv } from './service-env.ts';

/** A store that a test can have. */
export type TestStore = 'postgres' | 'redis' | 'nats';

/** How servers are started. */
export interface TestServersOptions {
  readonly topology: Topology;
  /** Stores that are started. */
  readonly stores: readonly TestStore[];
  /** Name of the database; a server that the environment names has one of its own for each test. */
  readonly database: string;
  /** Whether a server that the environment names may be used. */
  readonly foreign: boolean;
  /** Changes the accounts of NATS. @default - as the topology says */
  readonly accounts?: (accounts: readonly NatsAccount[]) => readonly NatsAccount[];
}

/** Servers that run. */
export interface TestServers {
  readonly postgres: RunningPostgres | undefined;
  readonly redis: RunningRedis | undefined;
  readonly nats: RunningNats | undefined;
  readonly logins: Logins;
  /** Environment of a service's process on these servers; `changes` replace declared values. */
  env(declaration: ServiceDeclaration, changes?: Readonly<Record<string, string>>): Record<string, string>;
  stop(): Promise<void>;
}

const PROGRAMS: Readonly<Record<TestStore, ProgramName>> = {
  postgres: 'postgres',
  redis: 'redis-server',
  nats: 'nats-server',
};

/** Throws when the programs of stores are not on PATH, and no variable names a server. */
export function assertStores(stores: readonly TestStore[]): void {
  assertInstalled(stores.flatMap(programsOf), 'set install: true');
}

/** The database of a test is made by psql, also on a server that runs. */
function programsOf(store: TestStore): readonly ProgramName[] {
  if (!isForeign(store)) return [PROGRAMS[store]];
  return store === 'postgres' ? ['psql'] : [];
}

/** Starts the servers; none is left when one cannot start. */
export async function startTestServers(options: TestServersOptions): Promise<TestServers> {
  const { topology, stores, database, foreign } = options;
  const logins = new Logins();
  const ownRedis = !foreign || !isForeign('redis');
  const redisPrefix = `test-${randomBytes(6).toString('hex')}-` as const;
  const started: { stop(): Promise<void> }[] = [];
  const one = async <T extends { stop(): Promise<void> }>(
    store: TestStore,
    start: () => Promise<T>,
  ): Promise<T | undefined> => {
    if (!stores.includes(store)) return undefined;
    const server = await start();
    started.push(server);
    return server;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (server) => await server.stop()));
  };
  const starting = [
    one('postgres', async () => {
      const server = await startPostgres({ database, foreign });
      // so that it ends although its roles could not be made
      started.push(server);
      await makeRoles(server, topology, logins);
      return server;
    }),
    one('redis', async () => {
      const acl = await logins.redisAcl(topology);
      if (ownRedis) return await startRedis({ acl });
      const server = await startRedis();
      started.push(await makeRedisUsers(server.url, acl, redisPrefix));
      return server;
    }),
    one('nats', async () => {
      if (foreign && isForeign('nats')) return await startNats();
      const { config, env } = logins.natsServer(topology, options.accounts);
      return await startNats({ config, env });
    }),
  ] as const;
  await Promise.allSettled(starting);
  const [postgres, redis, nats] = await Promise.all(starting).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    ...{ postgres, redis, nats, logins, stop },
    env: (declaration, changes = {}) =>
      serviceEnv(declaration, logins.secrets, {
        ...addressesOf({ postgres, redis, nats }, declaration, logins),
        ...(ownRedis ? {} : { REDIS_USER: `${redisPrefix}${declaration.name}` }),
        ...changes,
      }),
  };
}

/** Where a service finds the servers. */
function addressesOf(
  { postgres, redis, nats }: Pick<TestServers, 'postgres' | 'redis' | 'nats'>,
  declaration: ServiceDeclaration,
  logins: Logins,
): Readonly<Record<string, string>> {
  return {
    ...(postgres === undefined ? {} : databaseAddress(postgres, declaration, logins)),
    ...(redis === undefined ? {} : { REDIS_URL: `redis://${redis.host}:${redis.port}` }),
    ...(nats === undefined ? {} : { NATS_URL: nats.url }),
  };
}

function databaseAddress(
  postgres: RunningPostgres,
  service: ServiceDeclaration,
  logins: Logins,
): Readonly<Record<string, string>> {
  // roles are those of the whole server, so tests that run together would share them
  if (!isOwn(postgres)) return { DATABASE_URL: postgres.url };
  const source = service.env.find(({ name }) => name === 'DATABASE_URL')?.source;
  const parts = { DB_HOST: postgres.host, DB_PORT: String(postgres.port), DB_NAME: postgres.database };
  if (source?.kind === 'value' && source.value.includes('$(DB_HOST)')) return parts;
  return { ...parts, DATABASE_URL: postgres.urlFor(service.name, logins.passwordOf(service, 'DB_PASS')) };
}

/** Whether a server was started here. */
export function isOwn({ process }: RunningServer): boolean {
  return process !== undefined;
}

function isForeign(store: TestStore): boolean {
  return isServerNamed(PROGRAMS[store]);
}

async function makeRoles(server: RunningPostgres, { services }: Topology, logins: Logins): Promise<void> {
  for (const service of services) {
    if (service.databaseSchema === undefined) continue;
    const sql = isOwn(server) ? logins.roleSql(service, server.database) : `create schema "${service.databaseSchema}";`;
    await server.sql(sql);
  }
}
