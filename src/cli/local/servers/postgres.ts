import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureProgram } from './program.ts';
import { firstAnswer, foreignServer, freePort, launchServer, LOOPBACK, temporaryFolder } from './server-process.ts';
import type { RunningServer } from './server-process.ts';

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

interface Login {
  readonly host: string;
  readonly port: number;
  readonly adminUser: string;
  readonly adminPassword: string;
  readonly database: string;
}

function withSql(server: RunningServer, login: Login): RunningPostgres {
  const urlFor = (user: string, password: string): string =>
    `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${login.host}:${String(login.port)}/${login.database}`;
  const own = {
    adminUser: login.adminUser,
    adminPassword: login.adminPassword,
    database: login.database,
    url: urlFor(login.adminUser, login.adminPassword),
    urlFor,
    sql: async (text: string, database?: string) =>
      await psql({ ...login, database: database ?? login.database }, text),
  };
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(server)) as RunningPostgres;
}

/** Each use of a foreign server gets a database of its own, which `stop` drops. */
async function useForeign(address: URL): Promise<RunningPostgres> {
  const maintenance: Login = {
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
  const flags = ['-D', data, '-U', user, `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C', '--no-sync'];
  const access = ['--auth-local=trust', '--auth-host=scram-sha-256'];
  try {
    await run(join(dirname(program), 'initdb'), [...flags, ...access], {
      ...owner,
      cwd: dirname(data),
      env: childEnv(),
    });
  } finally {
    writeFileSync(passwordFile, '');
  }
}

async function ensureDatabase(login: Login): Promise<void> {
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
  return answer.toString('latin1').startsWith('R');
}

async function psql(login: Login, text: string): Promise<string> {
  const server = await ensureProgram('postgres');
  const beside = join(dirname(server), 'psql');
  const program = existsSync(beside) ? beside : 'psql';
  const flags = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', '-'];
  const where = ['-h', login.host, '-p', String(login.port), '-U', login.adminUser, '-d', login.database];
  const env = { ...childEnv(), PGPASSWORD: login.adminPassword };
  return (await run(program, [...flags, ...where], { env }, text)).trim();
}

interface RunOptions {
  readonly cwd?: string;
  readonly env: Record<string, string>;
  readonly uid?: number;
  readonly gid?: number;
}

async function run(program: string, args: readonly string[], options: RunOptions, input = ''): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = execFile(program, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program.split('/').at(-1) ?? ''} failed: ${stderr.trim() || error.message}`));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function childEnv(): Record<string, string> {
  return { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
}

interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: root starts it as `postgres` or, where there is none, as `nobody`. */
function serverUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const row = ['postgres', 'nobody'].map((name) => users.find((line) => line.startsWith(`${name}:`))).find(Boolean);
  const [, , uid, gid] = (row ?? 'nobody:x:65534:65534').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function ownedFolder(folder: string, owner: SystemUser | undefined): string {
  mkdirSync(folder, { recursive: true });
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  return folder;
}
