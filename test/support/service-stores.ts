/** The stores of a test file: those of the test kit, for all services of a topology, and what tests of the platform need beside. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { topology as platformTopology } from '#catalog';
import type { Role } from '#contracts';
import { accountName, filterOf, HUB_ACCOUNT, type NatsAccount, type ServiceDeclaration, type Topology } from '#declare';
import type { RunningNats, RunningPostgres, RunningRedis } from '#local';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { provision } from '#runtime/events/provisioner';
import { createLogger, SessionWriter } from '#runtime';
import { sessionSchema, type Session } from '#services/platform';
import { natsAdmin } from '../../src/testing/logins.ts';
import { startTestServers } from '../../src/testing/test-servers.ts';

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
  const servers = await startTestServers({
    ...{ topology, stores: ['postgres', 'redis', 'nats'], database: 'video', foreign: false },
    accounts: (accounts) => heardByHub(accounts, topology),
  });
  const { postgres, redis, nats, logins } = servers;
  if (postgres === undefined || redis === undefined || nats === undefined) throw new Error('a store was not started');
  const adminRedis = new Redis(redis.url, { username: 'admin', password: logins.adminPassword });
  // tests stop the server; the client comes back by itself
  adminRedis.on('error', () => undefined);
  const links: OpenNats[] = [];
  const log = createLogger({ service: 'test', version: '0', level: 'silent' });
  const adminNats = async (service?: string): Promise<OpenNats> => {
    const user = natsAdmin(service);
    const link = await openNats({
      ...{ url: nats.url, user, password: logins.adminPassword, name: user, inboxPrefix: '_INBOX_admin' },
      ...{ deadlineMs: 10_000, onFatal: () => undefined, log },
    });
    links.push(link);
    return link;
  };
  return {
    ...{ postgres, redis, nats, adminRedis, adminNats, env: servers.env },
    async provision() {
      await provision(await adminNats(), topology);
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
      await servers.stop();
    },
  };
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
