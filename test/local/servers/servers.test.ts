import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { connect } from 'nats';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { localNatsConfig } from '#local';
import { standaloneNatsConfig } from '../../../src/local/servers/nats.ts';
import { startNats } from '#test-support/nats';
import { startPostgres } from '#test-support/postgres';
import { startRedis } from '#test-support/redis';

describe('a started PostgreSQL', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres({ database: 'video', foreign: false });
  }, 60_000);
  afterAll(async () => await server.stop());

  it('answers at its url, in the database that was asked for', async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    await client.end();
    expect(rows).toEqual([{ name: 'video' }]);
  });

  it('refuses a wrong password', async () => {
    const client = new pg.Client({ connectionString: server.urlFor('postgres', 'wrong') });
    await expect(client.connect()).rejects.toThrow(/password authentication failed/);
  });

  it('runs SQL as the administrator and says what the server refused', async () => {
    expect(await server.sql('select 1 + 1')).toBe('2');
    await expect(server.sql('select * from nowhere')).rejects.toThrow(/relation "nowhere" does not exist/);
  });

  it('is not run by root', async () => {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'uid=', '-p', String(server.process?.pid)]);
    expect(stdout.trim()).not.toBe('0');
  });

  it('comes back on the same port with its data after it was killed', async () => {
    await server.sql('create table kept as select 1 as one');
    await server.halt('SIGKILL');
    await server.start();
    expect(await server.sql('select one from kept')).toBe('1');
  });
});

describe('a PostgreSQL that the environment names', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('gives each user a database of its own, which is dropped at the end', async () => {
    const foreign = await startPostgres({ foreign: false });
    vi.stubEnv('TEST_DATABASE_URL', foreign.url);
    const [first, second] = [await startPostgres(), await startPostgres()];
    expect([first.port, second.port]).toEqual([foreign.port, foreign.port]);
    expect(await first.sql('select current_database()')).toBe(first.database);
    expect(first.database).not.toBe(second.database);
    await first.stop();
    await second.stop();
    expect(await foreign.sql("select count(*) from pg_database where datname like 'test_%'")).toBe('0');
    await foreign.stop();
  });
});

describe('a started Redis', () => {
  it('keeps the users of its ACL and ends with its folder', async () => {
    const server = await startRedis({ acl: 'user default off\nuser auth on >secret ~auth:* +@all\n' });
    const client = new Redis(server.url, { username: 'auth', password: 'secret', lazyConnect: true });
    await client.connect();
    await client.set('auth:x', '1');
    await expect(client.set('stats:x', '1')).rejects.toThrow(/NOPERM/);
    client.disconnect();
    const pid = server.process?.pid ?? 0;
    await server.stop();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});

describe('a started nats-server', () => {
  it('keeps the users of its configuration and reads their passwords from its environment', async () => {
    const config = [
      'port: 4222',
      'http_port: 8222',
      'pid_file: "/var/run/nats/nats.pid"',
      'jetstream { store_dir: "/data/jetstream", max_file_store: 64MB }',
      'accounts { APP { jetstream: enabled, users: [ { user: auth, password: $AUTH_PASSWORD } ] } }',
    ].join('\n');
    const server = await startNats(config, { env: { AUTH_PASSWORD: 'Asecret' } });
    const client = await connect({ servers: server.url, user: 'auth', pass: 'Asecret' });
    expect((await (await client.jetstreamManager()).getAccountInfo()).streams).toBe(0);
    await client.close();
    await expect(connect({ servers: server.url, user: 'auth', pass: 'wrong' })).rejects.toThrow(/Authorization/);
    await server.stop();
  });

  it('keeps its streams over a stop and a start', async () => {
    const server = await startNats(undefined, { foreign: false });
    const client = await connect({ servers: server.url });
    await (await client.jetstreamManager()).streams.add({ name: 'KEPT', subjects: ['kept.>'] });
    await client.close();
    await server.halt();
    await server.start();
    const again = await connect({ servers: server.url });
    expect((await (await again.jetstreamManager()).streams.info('KEPT')).config.name).toBe('KEPT');
    await again.close();
    await server.stop();
  });
});

describe('localNatsConfig', () => {
  const places = { port: 1, monitorPort: 2, storeDir: '/tmp/s', pidFile: '/tmp/p' };

  it('replaces ports, store_dir and pid_file in either notation and nothing else', () => {
    const config =
      'port: 4222\n"http_port" = 8222\npid_file "/p"\njetstream { max_file_store: 1GB, store_dir: "/d" }\n# port: 9\nuser: port_admin';
    expect(localNatsConfig(config, places)).toBe(
      'port: 1\nhttp_port = 2\npid_file "/tmp/p"\njetstream { max_file_store: 1GB, store_dir: "/tmp/s" }\n# port: 9\nuser: port_admin',
    );
  });
});

describe('standaloneNatsConfig', () => {
  it('leaves out TLS and the cluster with all that is in them', () => {
    const cluster =
      'cluster {\n  port: 6222\n  authorization { user: route }\n  routes: [\n    $A\n  ]\n  tls {\n    a: b\n  }\n}';
    const config = `port: 4222\ntls {\n  cert_file: "/c"\n}\n${cluster}\naccounts { A {} }`;
    expect(standaloneNatsConfig(config)).toBe('port: 4222\naccounts { A {} }');
  });
});

it('ends a server that cannot start with its own words', async () => {
  const failure = await startNats('port: 4222\nnonsense {').catch((error: unknown) => String(error));
  expect(failure).toMatch(/nats exited before it was ready[^]*Parse error on line 2/);
});
