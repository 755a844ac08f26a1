import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  postgresAccess,
  postgresConfig,
  postgresReconcileScript,
  postgresRolesSql,
  type PostgresRole,
} from '#constructs';
import { ensureProgram, freePort, ManagedProcess, serverUser, temporaryFolder } from '#local';
import { eventually } from '#test-support/eventually';
import { postgresBackupScript } from '../../../src/constructs/postgres/config.ts';

const run = promisify(execFile);

/** Everything that breaks a URL, a shell, SQL or psql when it is not quoted by them. */
const HOSTILE = `a b'"@:/#$x\\;%:'p'`;
const ORDERS: PostgresRole = {
  name: 'orders',
  schema: 'orders',
  passwordVariable: 'DB_PASS_ORDERS',
  connectionLimit: 3,
};
const MAIL: PostgresRole = {
  name: 'mail-room',
  schema: 'mail-room',
  passwordVariable: 'DB_PASS_MAIL_ROOM',
  connectionLimit: 3,
};

const owner = serverUser();
const folder = temporaryFolder('pod', owner?.uid, owner?.gid);
const configFolder = join(folder, 'config');
const env: Record<string, string> = {
  PGDATA: join(folder, 'data', 'pgdata'),
  PGHOST: join(folder, 'socket'),
  PGUSER: 'postgres',
  LC_ALL: 'C',
};
let port = 0;
let server: ManagedProcess | undefined;

/** The pod's start: the init container to its end, then the server until it answers. */
async function start(roles: readonly PostgresRole[], passwords: Record<string, string>): Promise<string> {
  await server?.stop();
  writeConfig(roles);
  const { stdout, stderr } = await run('sh', [join(configFolder, 'reconcile.sh'), configFolder], {
    ...owner,
    cwd: folder,
    env: { ...env, ...passwords },
  });
  server = new ManagedProcess({
    name: 'postgres',
    command: ['postgres', '-c', `config_file=${join(configFolder, 'postgresql.conf')}`],
    env,
    cwd: folder,
    ...owner,
    stopSignal: 'SIGINT',
  });
  await run('sh', ['-c', 'until pg_isready -q; do sleep 0.05; done'], { env, timeout: 30_000 });
  return stdout + stderr;
}

function writeConfig(roles: readonly PostgresRole[]): void {
  const socketFolder = env.PGHOST ?? '';
  const variables = [...roles.map((role) => role.passwordVariable), 'DB_PASS_BACKUP'];
  const files = {
    'postgresql.conf': postgresConfig({
      maxConnections: 20,
      sharedBuffersMebibytes: 16,
      listenAddresses: '127.0.0.1',
      port,
      configFolder,
      socketFolder,
    }),
    'pg_hba.conf': postgresAccess({ database: 'shop', adminLogin: false }),
    'roles.sql': postgresRolesSql({ database: 'shop', roles, backupPasswordVariable: 'DB_PASS_BACKUP' }),
    'reconcile.sh': postgresReconcileScript(variables),
    'backup.sh': postgresBackupScript(2),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(configFolder, name), text);
}

async function query(user: string, password: string, sql: string, database = 'shop'): Promise<unknown[]> {
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const FIRST = { DB_PASS_ORDERS: HOSTILE, DB_PASS_MAIL_ROOM: 'second', DB_PASS_BACKUP: 'third' };

describe('roles and schemas on a real PostgreSQL', () => {
  let output = '';

  beforeAll(async () => {
    env.PATH = `${dirname(await ensureProgram('postgres'))}:${process.env.PATH ?? ''}`;
    port = await freePort();
    env.PGPORT = String(port);
    mkdirSync(configFolder);
    for (const name of ['data', 'socket', 'dumps']) {
      mkdirSync(join(folder, name));
      if (owner !== undefined) await run('chown', [`${owner.uid}:${owner.gid}`, join(folder, name)]);
    }
    output = await start([ORDERS, MAIL], FIRST);
  });

  afterAll(async () => {
    await server?.stop();
  });

  it('are made at the first start, a hostile password included, and none is printed', async () => {
    expect(await query('orders', HOSTILE, 'show search_path')).toEqual([{ search_path: 'orders' }]);
    expect(await query('mail-room', 'second', 'show search_path')).toEqual([{ search_path: '"mail-room"' }]);
    for (const password of Object.values(FIRST)) expect(output).not.toContain(password);
    const [row] = await query('orders', HOSTILE, 'show password_encryption');
    expect(row).toEqual({ password_encryption: 'scram-sha-256' });
  });

  it('refuse a wrong and an empty password', async () => {
    await expect(query('orders', 'wrong', 'select 1')).rejects.toThrow(/password authentication failed/);
    await expect(query('mail-room', '', 'select 1')).rejects.toThrow();
  });

  it('let a service do all in its own schema', async () => {
    await query('orders', HOSTILE, 'create table carts (id int); insert into carts values (1)');
    expect(await query('orders', HOSTILE, 'select * from orders.carts')).toEqual([{ id: 1 }]);
  });

  it.each([
    ['read another schema', 'select * from orders.carts', /permission denied for schema orders/],
    ['write into public', 'create table public.x (i int)', /permission denied for schema public/],
    ['make a schema', 'create schema x', /permission denied for database/],
    ['make a role', 'create role x', /permission denied/],
    ['become another', 'set role orders', /permission denied to set role/],
    ['read a file', `copy (select 1) to program 'true'`, /permission denied|must be superuser/],
    ['read the hashes of passwords', 'select * from pg_authid', /permission denied/],
  ])('do not let a service %s', async (_, sql, message) => {
    await expect(query('mail-room', 'second', sql)).rejects.toThrow(message);
  });

  it('let nobody into another database, and the superuser in over the socket alone', async () => {
    await expect(query('orders', HOSTILE, 'select 1', 'postgres')).rejects.toThrow(/no pg_hba.conf entry/);
    await expect(query('postgres', '', 'select 1')).rejects.toThrow(/pg_hba.conf rejects/);
  });

  it('bound the connections of a service', async () => {
    const held = `select count(*) from pg_stat_activity where usename = 'mail-room'`;
    const heldConnections = async () => (await run('psql', ['-XAtc', held, 'postgres'], { env })).stdout.trim();
    // those of the tests before end a moment after their clients
    await eventually(async () => expect(await heldConnections()).toBe('0'));
    const connection = () =>
      new pg.Client({ host: '127.0.0.1', port, user: 'mail-room', password: 'second', database: 'shop' });
    const clients = [connection(), connection(), connection()];
    for (const client of clients) await client.connect();
    await expect(connection().connect()).rejects.toThrow(/too many connections for role/);
    for (const client of clients) await client.end();
  });

  it('are backed up whole by a role that only reads, and the newest dumps stay', async () => {
    await expect(query('backup', 'third', 'insert into orders.carts values (2)')).rejects.toThrow(/permission denied/);
    const dumps = join(folder, 'dumps');
    for (const old of ['20200101T000000Z', '20200102T000000Z']) writeFileSync(join(dumps, `shop-${old}.dump`), '');
    writeFileSync(join(dumps, 'shop-20200103T000000Z.dump.part'), 'cut off');
    await run('sh', [join(configFolder, 'backup.sh'), dumps], {
      ...owner,
      cwd: folder,
      env: { ...env, PGHOST: '127.0.0.1', PGUSER: 'backup', PGPASSWORD: 'third', PGDATABASE: 'shop' },
    });
    const [kept, made, ...rest] = readdirSync(dumps).sort();
    expect(kept).toBe('shop-20200102T000000Z.dump');
    expect(rest).toEqual([]);
    const path = join(dumps, made ?? '');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { stdout } = await run('pg_restore', ['--list', path], { env });
    expect(stdout).toContain('TABLE DATA orders carts');
  });

  describe('after a second start with one password changed, one service gone and the volume opened to its group', () => {
    beforeAll(async () => {
      server?.kill('SIGKILL');
      await server?.ended;
      chmodSync(env.PGDATA ?? '', 0o2770);
      await start([ORDERS], { DB_PASS_ORDERS: 'rotated', DB_PASS_BACKUP: 'third' });
    });

    it('take the new password and refuse the old one', async () => {
      expect(await query('orders', 'rotated', 'select * from carts')).toEqual([{ id: 1 }]);
      await expect(query('orders', HOSTILE, 'select 1')).rejects.toThrow(/password authentication failed/);
    });

    it('keep the schema of the service that is gone, but not its login', async () => {
      await expect(query('mail-room', 'second', 'select 1')).rejects.toThrow(/not permitted to log in/);
      const schemas = await query('orders', 'rotated', `select nspname from pg_namespace where nspname = 'mail-room'`);
      expect(schemas).toHaveLength(1);
    });

    it('let it in again when it is declared again', async () => {
      await start([ORDERS, MAIL], FIRST);
      expect(await query('mail-room', 'second', 'select 1 as one')).toEqual([{ one: 1 }]);
    });
  });

  it('stop a start with an empty password, and name its variable', async () => {
    await expect(start([ORDERS], { DB_PASS_ORDERS: '', DB_PASS_BACKUP: 'x' })).rejects.toThrow(
      /DB_PASS_ORDERS is empty, but every role needs a password/,
    );
  });

  it('stop a start on data of another version, and say what to do', async () => {
    const version = join(env.PGDATA ?? '', 'PG_VERSION');
    writeFileSync(version, '9\n');
    await expect(start([ORDERS], { DB_PASS_ORDERS: 'x', DB_PASS_BACKUP: 'x' })).rejects.toThrow(
      /the data is from PostgreSQL 9, but the image has \d+: dump with the old image/,
    );
  });
});
