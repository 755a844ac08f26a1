/** A real server on which services log in with given permissions, and what they are refused. */
import { EventEmitter, once } from 'node:events';
import { connect, type NatsConnection, type Status } from 'nats';
import { inboxPrefix, type NatsPermissions } from '#messaging';
import { startNats } from './nats.ts';
import type { RunningNats } from '#local';

const ADMIN = 'admin';
const PASSWORD = 'a-password-of-the-test';

/** Users and what each may do, by name. */
export type Users = Readonly<Record<string, NatsPermissions>>;

/** A server with an account of these users, and one user more that may do everything. */
export async function startAccount(users: Users): Promise<RunningNats> {
  const accounts = {
    SYS: {},
    APP: {
      jetstream: 'enabled',
      users: [
        { user: ADMIN, password: PASSWORD },
        ...Object.entries(users).map(([user, { publish, subscribe }]) => ({
          user,
          password: PASSWORD,
          permissions: { publish: written(publish), subscribe: written(subscribe) },
        })),
      ],
    },
  };
  const lines = [
    'jetstream { store_dir: "/data" }',
    `accounts: ${JSON.stringify(accounts)}`,
    'system_account: SYS',
    '',
  ];
  return await startNats(lines.join('\n'));
}

/** An empty list means "everything" to the server, so it is left out as NatsServer does. */
function written(side: NatsPermissions['publish']): Partial<NatsPermissions['publish']> {
  return Object.fromEntries(Object.entries(side).filter(([, subjects]) => subjects.length > 0));
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

/** Logs in as a user of {@link startAccount}, with the inbox of a service. */
export async function login(server: RunningNats, user: string, service: string): Promise<Login> {
  const connection = await connect({
    servers: server.url,
    user,
    pass: PASSWORD,
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

/** Logs in as the user that may do everything. */
export async function loginAsAdmin(server: RunningNats): Promise<NatsConnection> {
  return (await login(server, ADMIN, ADMIN)).connection;
}
