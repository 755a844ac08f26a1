/** What clients of a store with TLS are given, tried on servers whose certificate a private authority signed. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Chart, Testing } from 'cdk8s';
import { natsConfig, NatsServer, Redis } from '#constructs';
import { defineTopology } from '#declare';
import { freePort } from '#local';
import { eventually } from '#test-support/eventually';
import { shop } from '#test-support/shop-topology';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-tls-'));
const CA = { configMap: 'ca', key: 'ca.crt' } as const;
const ports = { nats: 0, redis: 0, own: 0 };
/** Its host is that of the certificate. */
const own = new NatsServer(new Chart(Testing.app(), 'shop'), 'localhost', {
  topology: shop,
  tlsSecret: 'nats-tls',
  tlsCa: CA,
});
const running: ReturnType<typeof spawn>[] = [];

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  running.push(spawn(program, args, { cwd: folder, stdio: 'ignore', env: { PATH: process.env['PATH'], ...env } }));
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

beforeAll(async () => {
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-subj', '/CN=shop authority', '-keyout', 'ca.key', '-out', 'ca.crt');
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'tls.key', '-out', 'tls.csr');
  writeFileSync(join(folder, 'san'), 'subjectAltName=DNS:localhost');
  openssl(
    'x509',
    '-req',
    '-in',
    'tls.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-extfile',
    'san',
    '-days',
    '2',
    '-out',
    'tls.crt',
  );
  ports.nats = await freePort();
  ports.redis = await freePort();
  writeFileSync(join(folder, 'nats.conf'), `port: ${ports.nats}\ntls { cert_file: tls.crt, key_file: tls.key }\n`);
  start('nats-server', ['-c', 'nats.conf']);
  const files = ['--tls-cert-file', 'tls.crt', '--tls-key-file', 'tls.key', '--tls-ca-cert-file', 'ca.crt'];
  const redis = ['--port', '0', '--tls-port', String(ports.redis), '--tls-auth-clients', 'no', '--save', ''];
  start('redis-server', [...redis, ...files]);
  ports.own = await freePort();
  const here = {
    port: ports.own,
    monitorPort: await freePort(),
    storeFolder: folder,
    pidFile: join(folder, 'own.pid'),
  };
  writeFileSync(join(folder, 'own.conf'), natsConfig({ ...own.configProps, ...here, tlsFolder: folder }));
  const passwords = own.users.map(({ login }) => [login.variable, '"s3cret"'] as const);
  start('nats-server', ['-c', 'own.conf'], { SERVER_NAME: 'own', ...Object.fromEntries(passwords) });
  await eventually(async () => {
    expect(await listens(ports.own)).toBe(true);
    expect(await listens(ports.nats)).toBe(true);
    expect(await listens(ports.redis)).toBe(true);
  });
});

afterAll(() => {
  for (const server of running) server.kill();
  rmSync(folder, { recursive: true });
});

const CLIENTS = {
  nats: `const { connect } = await import('nats');
    const connection = await connect({ servers: process.env.URL, user: process.env.NATS_USER, pass: 's3cret' });
    await connection.flush();
    await connection.close();`,
  redis: `const { Redis } = await import('ioredis');
    const redis = new Redis(process.env.URL, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    await redis.connect();
    await redis.ping();
    redis.disconnect();`,
} as const;

/** Exit code of a process that connects. */
async function dial(store: keyof typeof CLIENTS, url: string, env: Record<string, string>): Promise<number | null> {
  const client = spawn(process.execPath, ['--input-type=module', '-e', CLIENTS[store]], {
    env: { PATH: process.env['PATH'], ...env, URL: url },
    stdio: 'ignore',
  });
  return await new Promise((resolve) => client.on('exit', resolve));
}

it.each(['nats', 'redis'] as const)(
  'the client of an external %s trusts its authority by env and volumes',
  async (store) => {
    const tls = { ca: CA };
    const external =
      store === 'redis'
        ? Redis.external({ host: 'localhost', port: ports.redis, services: [], tls })
        : NatsServer.external({
            host: 'localhost',
            port: ports.nats,
            topology: defineTopology({ streams: [], services: [] }),
            tls,
          });
    expect(external.volumes).toEqual([{ name: `${store}-ca`, mountPath: `/etc/${store}-ca`, configMap: 'ca' }]);
    expect(external.env.map(({ name, source }) => [name, source])).toEqual([
      ['NODE_EXTRA_CA_CERTS', { kind: 'value', value: `/etc/${store}-ca/ca.crt` }],
    ]);
    // where the volume would be mounted, the folder of the test stands
    const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.crt') };
    expect(await dial(store, external.url, env)).toBe(0);
    expect(await dial(store, external.url, {})).not.toBe(0);
  },
);

it('the clients of a NatsServer with TLS trust its authority by env and volumes, by its url and by the default one', async () => {
  expect(own.url).toBe('tls://localhost:4222');
  expect(own.volumes).toEqual([{ name: 'nats-ca', mountPath: '/etc/nats-ca', configMap: 'ca' }]);
  expect(own.env.map(({ name }) => name)).toEqual(['NODE_EXTRA_CA_CERTS']);
  const user = { NATS_USER: own.users[0]?.name ?? '' };
  const env = { ...user, NODE_EXTRA_CA_CERTS: join(folder, 'ca.crt') };
  for (const url of [own.url, own.url.replace('tls:', 'nats:')].map((it) => it.replace('4222', String(ports.own)))) {
    expect(await dial('nats', url, env)).toBe(0);
    expect(await dial('nats', url, user)).not.toBe(0);
  }
});

it('a NatsServer with TLS and without an authority gives its clients the url alone', () => {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const server = new NatsServer(chart, 'nats', { topology: shop, tlsSecret: 'nats-tls' });
  const { url, env, volumes } = server;
  expect({ url, env, volumes }).toEqual({ url: 'tls://nats.shop.svc.cluster.local:4222', env: [], volumes: [] });
});
