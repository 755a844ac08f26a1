/**
 * PostgreSQL, Redis and NATS as the manifests would set them up for a topology: one role and schema, one Redis user and one
 * NATS user a service, with the rights of its declaration and no more. One set for a test file.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { topology as platformTopology } from '#catalog';
import { natsConfig, redisAclScript } from '#constructs';
import type { Role } from '#contracts';
import {
  accountName,
  expandContainerEnv,
  filterOf,
  HUB_ACCOUNT,
  natsAccounts,
  type NatsAccount,
  renderEnv,
  type ServiceDeclaration,
  type Topology,
} from '#declare';
import {
  strongSecret,
  temporaryFolder,
  ThrowAwaySecrets,
  type RunningNats,
  type RunningPostgres,
  type RunningRedis,
} from '#local';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { provision } from '#runtime/events/provisioner';
import { createLogger, SessionWriter } from '#runtime';
import { sessionSchema, type Session } from '#services/platform';
import { startNats } from './nats.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

const run = promisify(execFile);

/** Origin that tests give the services; its cookie is `sid`. */
export const TEST_ORIGIN = 'http://localhost:8080';

/** The stores of a test file. */
export interface ServiceStores {
  readonly postgres: RunningPostgres;
  readonly redis: RunningRedis;
  readonly nats: RunningNats;
  /** Redis as a user that may do everything. */
  readonly adminRedis: Redis;
  /** NATS as a user who may do everything in the account that owns the streams, and hears all; or in that of a service. */
  adminNats(service?: string): Promise<OpenNats>;
  /** Makes all streams and durables, as queue does at its start. */
  provision(): Promise<void>;
  /** Environment of a service's process, expanded as the kubelet does; `changes` replace declared values before that. */
  env(declaration: ServiceDeclaration, changes?: Readonly<Record<string, string>>): Record<string, string>;
  /** Opens a session; `cookie` is the header to send. */
  logIn(who?: { readonly userId?: string; readonly handle?: string; readonly role?: Role }): Promise<LoggedIn>;
  stop(): Promise<void>;
}

/** Somebody who is logged in. */
export interface LoggedIn {
  readonly userId: string;
  readonly session: Session;
  readonly secret: string;
  /** Headers of a browser's request on the platform's own page. */
  readonly headers: Readonly<Record<string, string>>;
}

const DAY_SECONDS = 86_400;

/** Starts the three stores. */
export async function startServiceStores(topology: Topology = platformTopology): Promise<ServiceStores> {
  const { services } = topology;
  const secrets = new ThrowAwaySecrets();
  const adminPassword = strongSecret();
  const started: { stop(): Promise<void> }[] = [];
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const server = await starting;
    started.push(server);
    return server;
  };
  const passwordOf = (service: ServiceDeclaration, variable: string): string => {
    const source = service.env.find(({ name }) => name === variable)?.source;
    return source?.kind === 'secret' ? secrets.get(source.ref.name, source.ref.key) : strongSecret();
  };
  try {
    const [postgres, redis, nats] = await Promise.all([
      keep(startPostgres({ database: 'video' })),
      aclOf(topology, passwordOf, adminPassword).then(async (acl) => await keep(startRedis({ acl }))),
      keep(startNats(...natsOf(topology, passwordOf, adminPassword))),
    ]);
    for (const service of services.filter(({ databaseSchema }) => databaseSchema !== undefined)) {
      await postgres.sql(roleSql(service, passwordOf(service, 'DB_PASS')), 'video');
    }
    const adminRedis = new Redis(redis.url, { username: 'admin', password: adminPassword });
    // tests stop the server; the client comes back by itself
    adminRedis.on('error', () => undefined);
    const links: OpenNats[] = [];
    const log = createLogger({ service: 'test', version: '0', level: 'silent' });
    const adminNats = async (service?: string): Promise<OpenNats> => {
      const user = adminOf(service === undefined ? HUB_ACCOUNT : accountName(service));
      const link = await openNats({
        url: nats.url,
        user,
        password: adminPassword,
        name: user,
        inboxPrefix: '_INBOX_admin',
        deadlineMs: 10_000,
        onFatal: () => undefined,
        log,
      });
      links.push(link);
      return link;
    };
    return {
      ...{ postgres, redis, nats, adminRedis, adminNats },
      async provision() {
        await provision(await adminNats(), topology);
      },
      env(declaration, changes = {}) {
        const given = { APP_VERSION: '1.2.3-test', LOG_LEVEL: 'silent', PUBLIC_ORIGIN: TEST_ORIGIN };
        const here: Readonly<Record<string, string>> = {
          DB_HOST: postgres.host,
          DB_PORT: String(postgres.port),
          NATS_URL: nats.url,
          REDIS_URL: redis.url,
          ...changes,
        };
        const asked = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, here[name] ?? value]));
        const env = renderEnv(declaration.env, asked).map((entry) => {
          const value = here[entry.name];
          return value === undefined ? entry : { name: entry.name, value };
        });
        const fields: Readonly<Record<string, string>> = {
          'metadata.name': `${declaration.name}-0`,
          'metadata.namespace': 'test',
        };
        return {
          ...expandContainerEnv({
            env,
            resolve: ({ valueFrom }) => {
              const { secretKeyRef, fieldRef } = (valueFrom ?? {}) as {
                readonly secretKeyRef?: { readonly name: string; readonly key: string };
                readonly fieldRef?: { readonly fieldPath: string };
              };
              if (secretKeyRef !== undefined) return secrets.get(secretKeyRef.name, secretKeyRef.key);
              return fields[fieldRef?.fieldPath ?? ''];
            },
          }).values,
        };
      },
      async logIn(who = {}) {
        const userId = who.userId ?? randomUUID();
        const writer = new SessionWriter(adminRedis, sessionSchema, {
          idleSeconds: DAY_SECONDS,
          absoluteSeconds: 2 * DAY_SECONDS,
        });
        const { session, secret } = await writer.create({
          userId,
          handle: who.handle ?? `u_${userId.slice(0, 8)}`,
          role: who.role ?? 'user',
          userAgent: 'vitest',
        });
        return { userId, session, secret, headers: { cookie: `sid=${secret}`, origin: TEST_ORIGIN } };
      },
      async stop() {
        adminRedis.disconnect();
        await Promise.all(links.map(async (link) => await link.close()));
        await Promise.all(started.map(async (server) => await server.stop()));
      },
    };
  } catch (error) {
    await Promise.all(started.map(async (server) => await server.stop()));
    throw error;
  }
}

type PasswordOf = (service: ServiceDeclaration, variable: string) => string;

function roleSql({ name, databaseSchema }: ServiceDeclaration, password: string): string {
  return [
    'revoke all on schema public from public;',
    `create role "${name}" login password '${password}';`,
    `create schema "${databaseSchema ?? name}" authorization "${name}";`,
    `alter role "${name}" in database video set search_path = "${databaseSchema ?? name}";`,
  ].join('\n');
}

async function aclOf({ services }: Topology, passwordOf: PasswordOf, adminPassword: string): Promise<string> {
  const users = services.flatMap((service) =>
    service.redisKeys === undefined
      ? []
      : [{ name: service.name, passwordVariable: variableOf(service), keys: service.redisKeys, service }],
  );
  const script = redisAclScript(users, { adminPasswordVariable: 'ADMIN_PASSWORD' });
  const file = join(temporaryFolder('redis-acl'), 'users.acl');
  const passwords = users.map(({ service, passwordVariable }) => [
    passwordVariable,
    passwordOf(service, 'REDIS_PASSWORD'),
  ]);
  const env = { PATH: process.env.PATH, ADMIN_PASSWORD: adminPassword, ...Object.fromEntries(passwords) };
  await run('sh', ['-c', script, 'users.sh', file], { env });
  return readFileSync(file, 'utf8');
}

function natsOf(
  topology: Topology,
  passwordOf: PasswordOf,
  adminPassword: string,
): [string, { readonly env: Record<string, string> }] {
  const everything = { publish: { allow: ['>'], deny: [] }, subscribe: { allow: ['>'], deny: [] } };
  const accounts = heardByHub(natsAccounts(topology), topology).map(({ user, ...account }) => ({
    ...account,
    users: [
      ...(user === undefined ? [] : [{ ...user, passwordVariable: variableOf(user) }]),
      { name: adminOf(account.name), passwordVariable: 'ADMIN_PASSWORD', permissions: everything },
    ],
  }));
  const config = natsConfig({
    accounts,
    maxFileStoreBytes: 512 * 1024 * 1024,
    maxMemoryStoreBytes: 64 * 1024 * 1024,
  });
  const passwords = topology.services.map((service) => [variableOf(service), passwordOf(service, 'NATS_PASSWORD')]);
  return [config, { env: { SERVER_NAME: 'nats-0', ADMIN_PASSWORD: adminPassword, ...Object.fromEntries(passwords) } }];
}

/** The accounts, in which the hub also hears what is said without a stream, for tests to look at. */
function heardByHub(accounts: readonly NatsAccount[], { services }: Topology): NatsAccount[] {
  const said = services.flatMap(({ name, publishes }) =>
    publishes
      .filter(({ delivery }) => delivery === 'core')
      .map(({ subject }) => ({ account: accountName(name), subject: filterOf(subject) })),
  );
  return accounts.map((account) => {
    if (account.name === HUB_ACCOUNT) {
      const imports = said.map((one) => ({ ...one, kind: 'stream' as const, to: undefined }));
      return { ...account, imports };
    }
    const own = said.filter((one) => one.account === account.name);
    const exports = own.map(({ subject }) => ({
      ...{ kind: 'stream' as const, subject, manyAnswers: false },
      accounts: [...(account.exports.find((one) => one.subject === subject)?.accounts ?? []), HUB_ACCOUNT],
    }));
    return { ...account, exports };
  });
}

function adminOf(account: string): string {
  return `admin-of-${account}`;
}

function variableOf({ name }: Pick<ServiceDeclaration, 'name'>): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}
