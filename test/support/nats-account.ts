/** A real server with the accounts of a topology, on which services log in, and what they are refused. */
import { EventEmitter, once } from 'node:events';
import { connect, type NatsConnection, type Status } from 'nats';
import { natsConfig } from '#constructs';
import { accountName, HUB_ACCOUNT, inboxPrefix, natsAccounts, type NatsPermissions, type Topology } from '#messaging';
import { startNats } from './nats.ts';
import type { RunningNats } from '#local';

/** Password of every user of {@link startAccounts}. */
export const ACCOUNT_PASSWORD = 'a-password-of-the-test';
const EVERYTHING: NatsPermissions = { publish: { allow: ['>'], deny: [] }, subscribe: { allow: ['>'], deny: [] } };
/** Adding a stream that exists reserves its size again on nats-server 2.9. */
const STORE_BYTES = 4 * 1024 ** 3;

/** A user beside that of a service, in the same account. */
export interface ExtraUser {
  readonly user: string;
  readonly service: string;
  readonly permissions: NatsPermissions;
}

/** A server with the accounts of a topology, and in each of them one user more that may do everything. */
export async function startAccounts(
  topology: Topology,
  options: {
    readonly extra?: readonly ExtraUser[];
    /** Whether the users of the services may do everything in their accounts: the accounts alone are then the wall. */
    readonly withoutPermissions?: boolean;
    readonly folder?: string;
  } = {},
): Promise<RunningNats> {
  const { extra = [], withoutPermissions = false, folder } = options;
  const accounts = natsAccounts(topology).map(({ user, ...account }) => {
    const own = extra.filter(({ service }) => accountName(service) === account.name);
    const users = [
      { name: adminOf(account.name), permissions: EVERYTHING },
      ...(user === undefined ? [] : [withoutPermissions ? { ...user, permissions: EVERYTHING } : user]),
      ...own.map(({ user: name, permissions }) => ({ name, permissions })),
    ];
    return { ...account, users: users.map((one) => ({ ...one, passwordVariable: 'PASSWORD' })) };
  });
  const config = natsConfig({ accounts, maxFileStoreBytes: STORE_BYTES, maxMemoryStoreBytes: STORE_BYTES });
  return await startNats(config, {
    env: { PASSWORD: `"${ACCOUNT_PASSWORD}"`, SERVER_NAME: 'nats' },
    ...(folder === undefined ? {} : { folder }),
  });
}

/** What the server refused: `publish events.x`, `subscribe _INBOX_a.b.*`. */
export type Refusal = `${'publish' | 'subscription'} ${string}`;

/** A connection that notes what the server refuses it. */
export interface Login {
  readonly connection: NatsConnection;
  /** Rejects at the first refusal. */
  readonly refused: Promise<never>;
  /** All refusals of what was sent up to now. */
  allRefusals(): Promise<Refusal[]>;
}

/** Nobody may publish it, so its refusal marks the end of those before it. */
const END = 'end.of.what.was.sent';

/** Logs in as a user of {@link startAccounts}, with the inbox of a service. */
export async function login(server: RunningNats, user: string, service: string): Promise<Login> {
  const connection = await connect({
    servers: server.url,
    user,
    pass: ACCOUNT_PASSWORD,
    inboxPrefix: inboxPrefix(service),
    reconnect: false,
    timeout: 10_000,
  });
  const refusals: Refusal[] = [];
  const heard = new EventEmitter();
  const refused = once(heard, 'refusal').then(([refusal]) => {
    throw new Error(`refused: ${String(refusal)}`);
  });
  refused.catch(() => undefined);
  const atEnd = once(heard, `publish ${END}`);
  void (async () => {
    for await (const status of connection.status()) {
      const context = (status as Status).permissionContext;
      if (context === undefined) continue;
      const refusal = `${context.operation} ${context.subject}` as Refusal;
      if (context.subject !== END) refusals.push(refusal);
      heard.emit('refusal', refusal);
      heard.emit(refusal);
    }
  })();
  const allRefusals = async () => {
    connection.publish(END);
    await atEnd;
    return refusals;
  };
  return { connection, refused, allRefusals };
}

/** Connections of those who may do everything: in the hub, and in the account of each service. */
export interface Admins {
  readonly hub: NatsConnection;
  of(service: string): NatsConnection;
  close(): Promise<void>;
}

/** Logs in as those who may do everything. */
export async function loginAsAdmins(server: RunningNats, topology: Topology): Promise<Admins> {
  const names = natsAccounts(topology).map(({ name }) => name);
  const connections = await Promise.all(
    names.map(async (name) => [name, (await login(server, adminOf(name), 'admin')).connection] as const),
  );
  const found = new Map(connections);
  const at = (account: string): NatsConnection => {
    const connection = found.get(account);
    if (connection === undefined) throw new Error(`no account ${account}`);
    return connection;
  };
  return {
    hub: at(HUB_ACCOUNT),
    of: (service) => at(accountName(service)),
    async close() {
      await Promise.all([...found.values()].map(async (connection) => await connection.close()));
    },
  };
}

function adminOf(account: string): string {
  return `admin of ${account}`;
}
