import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureProgram } from './program.ts';
import { childEnv, psql, runProgram, type PostgresLogin } from './psql.ts';
import { freePort } from './free-port.ts';
import { LOOPBACK } from './loopback.ts';
import { firstAnswer, foreignServer, launchServer, temporaryFolder } from './server-process.ts';
import type { RunningServer } from './server-process.ts';
import { assertReachable, ownedFolder, serverUser, type SystemUser } from './system-user.ts';

/** How a PostgreSQL server is started. */
export interface PostgresOptions {
  /** Folder of its data, kept by `stop`. @default - a temporary one */
  readonly folder?: string;
  /** Port on the loopback address. @default - a free one */
  readonly port?: number;
  /** Name of the superuser. @default postgres */
  readonly adminUser?: string;
  /** Password of the superuser. @default - a random one */
  readonly adminPassword?: string;
  /** Database that is made beside `postgres`. @default - a fresh random one on a foreign server, else `postgres` alone */
  readonly database?: string;
  /** Server settings, as in postgresql.conf. @default - fsync off, since the data is thrown away */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether a server named by `TEST_DATABASE_URL` may be used instead. @default true */
  readonly foreign?: boolean;
}

/** A PostgreSQL server with what is needed to reach it as its administrator. */
export interface RunningPostgres extends RunningServer {
  readonly adminUser: string;
  readonly adminPassword: string;
  readonly database: string;
  /** Address of {@link database} as the administrator. */
  readonly url: string;
  /** Address of {@link database} as another role. */
  urlFor(user: string, password: string): string;
  /** Runs SQL with psql as the administrator and gives what it prints, unaligned; rejects with the server's message. */
  sql(text: string, database?: string): Promise<string>;
}

const OWN_DATABASES = "select datname from pg_database where not datistemplate and datname <> 'postgres' order by oid";
const STARTUP_PROTOCOL_3 = 196_608;
// Commits stay synchronous: what was committed must survive a kill of the server, though not of the machine.
const THROW_AWAY_SETTINGS = { fsync: 'off', full_page_writes: 'off' };

/** Starts PostgreSQL with SCRAM passwords on TCP, never as root; or uses the server named by `TEST_DATABASE_URL`. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const address = process.env.TEST_DATABASE_URL;
  if (address !== undefined && address !== '' && options.foreign !== false) return await useForeign(new URL(address));
  const program = await ensureProgram('postgres');
  const owner = serverUser();
  const temporary = options.folder === undefined ? temporaryFolder('postgres', owner?.uid, owner?.gid) : undefined;
  const folder = temporary ?? ownedFolder(options.folder ?? '', owner);
  const port = options.port ?? (await freePort());
  const adminUser = options.adminUser ?? 'postgres';
  const adminPassword = options.adminPassword ?? `p${randomBytes(16).toString('hex')}`;
  const data = join(folder, 'data');
  if (owner !== undefined) assertReachable(data, owner);
  if (!existsSync(join(data, 'PG_VERSION'))) await initialize(program, data, adminUser, adminPassword, owner);
  const settings = {
    listen_addresses: LOOPBACK,
    port: String(port),
    unix_socket_directories: folder,
    ...(temporary === undefined ? {} : THROW_AWAY_SETTINGS),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = await launchServer({
    name: 'postgres',
    command: [program, '-D', data, ...flags],
    env: childEnv(),
    cwd: folder,
    ...owner,
    stopSignal: 'SIGINT',
    port,
    probe: async () => await acceptsLogin(port, adminUser),
    ...(temporary === undefined ? {} : { temporaryFolder: temporary }),
  });
  const database = options.database ?? 'postgres';
  const login = { host: LOOPBACK, port, adminUser, adminPassword, database };
  await ensureDatabase(login);
  return withSql(server, login);
}

function withSql(server: RunningServer, login: PostgresLogin): RunningPostgres {
  const overSocket = login.host.startsWith('/');
  const place = `${overSocket ? LOOPBACK : login.host}:${String(login.port)}/${login.database}`;
  const urlFor = (user: string, password: string): string =>
    `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${place}`;
  const socketUrl = `postgresql://${login.adminUser}@/${login.database}?host=${login.host}&port=${String(login.port)}`;
  const own = {
    adminUser: login.adminUser,
    adminPassword: login.adminPassword,
    database: login.database,
    url: overSocket ? socketUrl : urlFor(login.adminUser, login.adminPassword),
    urlFor,
    sql: async (text: string, database?: string) =>
      await psql({ ...login, database: database ?? login.database }, text),
  };
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(server)) as RunningPostgres;
}

/** A data folder and configuration that were made elsewhere, such as by the scripts of a manifest. */
export interface PreparedPostgres {
  /** Arguments of the server, without its program; the last of two equal ones wins. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly socketFolder: string;
  readonly adminUser: string;
}

/** Starts PostgreSQL on data that is there already; its administrator logs in over the socket. */
export async function startPreparedPostgres(prepared: PreparedPostgres): Promise<RunningPostgres> {
  const { port, socketFolder, adminUser } = prepared;
  const listen = [
    '-c',
    `listen_addresses=${LOOPBACK}`,
    '-c',
    `port=${port}`,
    '-c',
    `unix_socket_directories=${socketFolder}`,
  ];
  const server = await launchServer({
    name: 'postgres',
    command: [await ensureProgram('postgres'), ...prepared.flags, ...listen],
    env: { ...childEnv(), ...prepared.env },
    cwd: socketFolder,
    ...serverUser(),
    stopSignal: 'SIGINT',
    port,
    probe: async () => await acceptsLogin(port, adminUser),
  });
  const login = { host: socketFolder, port, adminUser, adminPassword: '', database: 'postgres' };
  const [database = 'postgres'] = (await psql(login, OWN_DATABASES)).split('\n');
  return withSql(server, { ...login, database: database || 'postgres' });
}

/** Each use of a foreign server gets a database of its own, which `stop` drops. */
async function useForeign(address: URL): Promise<RunningPostgres> {
  const maintenance: PostgresLogin = {
    host: address.hostname,
    port: Number(address.port) || 5432,
    adminUser: decodeURIComponent(address.username) || 'postgres',
    adminPassword: decodeURIComponent(address.password),
    database: address.pathname.slice(1) || 'postgres',
  };
  const database = `test_${randomBytes(6).toString('hex')}`;
  await psql(maintenance, `create database ${database}`);
  const stop = async (): Promise<void> => {
    await psql(maintenance, `drop database if exists ${database} with (force)`);
  };
  return withSql({ ...foreignServer(address, 5432), stop }, { ...maintenance, database });
}

async function initialize(
  program: string,
  data: string,
  user: string,
  password: string,
  owner: SystemUser | undefined,
): Promise<void> {
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (owner !== undefined) chownSync(passwordFile, owner.uid, owner.gid);
  const flags = [
    '-D',
    data,
    '-U',
    user,
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ];
  const access = ['--auth-local=trust', '--auth-host=scram-sha-256'];
  try {
    await runProgram(join(dirname(program), 'initdb'), [...flags, ...access], {
      ...owner,
      cwd: dirname(data),
      env: childEnv(),
    });
  } finally {
    writeFileSync(passwordFile, '');
  }
}

async function ensureDatabase(login: PostgresLogin): Promise<void> {
  const maintenance = { ...login, database: 'postgres' };
  const known = await psql(maintenance, 'select datname from pg_database');
  if (!known.split('\n').includes(login.database)) await psql(maintenance, `create database "${login.database}"`);
}

/** Sends a start-up packet: a server that still starts or shuts down answers with an error of class 57P03. */
async function acceptsLogin(port: number, user: string): Promise<boolean> {
  const body = Buffer.from(`user\0${user}\0database\0postgres\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(STARTUP_PROTOCOL_3, 4);
  const answer = await firstAnswer(port, Buffer.concat([head, body]));
  // 28000: the access rules refuse this user over TCP, which only a server that is ready says.
  const text = answer.toString('latin1');
  return text.startsWith('R') || text.includes('C28000');
}
