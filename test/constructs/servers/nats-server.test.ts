import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Chart } from 'cdk8s';
import { connect, nanos, StringCodec, type ConnectionOptions, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsConfig, natsConfigFiles, NatsServer, type NatsServerProps } from '#constructs';
import { consumerConfig, declareService, defineTopology, inboxPrefix, streamConfig } from '#declare';
import { ensureProgram, freePort, localNatsConfig, ManagedProcess, temporaryFolder } from '#local';
import { mail, orders, screen, shop, SHOP_STREAM } from '#test-support/shop-topology';

const run = promisify(execFile);
const text = StringCodec();

const PASSWORDS = {
  NATS_PASSWORD_ORDERS: '"a1-orders"',
  NATS_PASSWORD_MAIL_ROOM: '"a2_mail"',
  NATS_PASSWORD_SCREEN: '"a3screen"',
};
const ROUTES = {
  NATS_ROUTE_PASSWORD: '"1a-route"',
  NATS_ROUTE_0: '"nats://route:1a-route@nats-0:6222"',
  NATS_ROUTE_1: '"nats://route:1a-route@nats-1:6222"',
  NATS_ROUTE_2: '"nats://route:1a-route@nats-2:6222"',
};
const ENV = {
  ...PASSWORDS,
  ...ROUTES,
  SERVER_NAME: 'nats-0',
  NATS_SYSTEM_PASSWORD: '"a4system"',
  PATH: process.env.PATH ?? '',
};

const folder = temporaryFolder('nats-pod');
const configFile = join(folder, 'nats.conf');
const places = { port: 0, monitorPort: 0, storeDir: join(folder, 'store'), pidFile: join(folder, 'nats.pid') };
const connections: NatsConnection[] = [];
let program = '';
let server: ManagedProcess | undefined;

function serverOf(props: Partial<NatsServerProps> = {}): NatsServer {
  return new NatsServer(new Chart(new App(), 'shop'), 'nats', {
    topology: shop,
    systemPassword: { name: 'shop-secrets', key: 'nats-system' },
    ...props,
  });
}

async function login(user: string, pass: string, options: ConnectionOptions = {}): Promise<NatsConnection> {
  const connection = await connect({
    servers: `127.0.0.1:${places.port}`,
    user,
    pass,
    inboxPrefix: inboxPrefix(user),
    reconnect: false,
    ...options,
  });
  connections.push(connection);
  return connection;
}

async function healthy(monitorPort: number): Promise<void> {
  const url = `http://127.0.0.1:${monitorPort}/healthz`;
  await run('sh', ['-c', `until curl -fs ${url} >/dev/null; do sleep 0.05; done`], { timeout: 60_000 });
}

/** The next permission violation that a connection is told of. */
async function violation(connection: NatsConnection): Promise<string> {
  for await (const status of connection.status()) {
    if (String(status.data).includes('PERMISSIONS')) return JSON.stringify(status);
  }
  return 'closed';
}

beforeAll(async () => {
  program = await ensureProgram('nats-server');
  places.port = await freePort();
  places.monitorPort = await freePort();
  writeFileSync(configFile, localNatsConfig(serverOf().config, places));
  server = new ManagedProcess({ name: 'nats', command: [program, '-c', configFile], env: ENV });
  await healthy(places.monitorPort);
});

afterAll(async () => {
  await Promise.all(connections.map(async (connection) => await connection.close()));
  await server?.stop();
});

describe('nats.conf on a real server', () => {
  it.each([
    ['alone', {}],
    ['in a cluster', { replicas: 3 }],
  ])('is valid %s', async (name, props) => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.conf`);
    writeFileSync(file, localNatsConfig(serverOf(props).config, places));
    const { stdout, stderr } = await run(program, ['-t', '-c', file], { env: ENV });
    expect(stdout + stderr).toContain('is valid');
  });

  it('is valid in the files that nats.conf includes', async () => {
    const own = join(folder, 'files');
    mkdirSync(own);
    for (const [name, text_] of Object.entries(natsConfigFiles(serverOf().configProps))) {
      writeFileSync(join(own, name), localNatsConfig(text_, places));
    }
    const { stdout, stderr } = await run(program, ['-t', '-c', join(own, 'nats.conf')], { env: ENV });
    expect(stdout + stderr).toContain('is valid');
  });

  it('takes passwords for what they are, which without quotes would be numbers, sizes and variables', async () => {
    const odd = { orders: '12e5', 'mail-room': '10k', screen: "it's {odd}, $HOME # true", sys: '-2026-01-01' };
    const env = {
      ...ENV,
      NATS_PASSWORD_ORDERS: `"${odd.orders}"`,
      NATS_PASSWORD_MAIL_ROOM: `"${odd['mail-room']}"`,
      NATS_PASSWORD_SCREEN: `"${odd.screen}"`,
      NATS_SYSTEM_PASSWORD: `"${odd.sys}"`,
    };
    const [port, monitorPort] = [await freePort(), await freePort()];
    const file = join(folder, 'odd.conf');
    const there = { port, monitorPort, storeDir: join(folder, 'odd'), pidFile: join(folder, 'odd.pid') };
    writeFileSync(file, localNatsConfig(serverOf().config, there));
    const oddServer = new ManagedProcess({ name: 'nats', command: [program, '-c', file], env });
    await healthy(monitorPort);
    for (const [user, pass] of Object.entries(odd)) {
      expect((await login(user, pass, { servers: `127.0.0.1:${port}` })).info?.server_name, pass).toBe('nats-0');
    }
    await oddServer.stop();
  });

  it('does not start without the password of a user', async () => {
    const { NATS_PASSWORD_SCREEN: _, ...env } = ENV;
    await expect(run(program, ['-t', '-c', configFile], { env })).rejects.toThrow(/NATS_PASSWORD_SCREEN/);
  });

  it('lets each user in with its password', async () => {
    for (const [user, pass] of [
      ['orders', 'a1-orders'],
      ['mail-room', 'a2_mail'],
      ['screen', 'a3screen'],
      ['sys', 'a4system'],
    ] as const) {
      expect((await login(user, pass)).info?.server_name).toBe('nats-0');
    }
  });

  it.each([
    ['a wrong password', { user: 'orders', pass: 'wrong' }],
    ['an empty password', { user: 'orders', pass: '' }],
    ['another user’s password', { user: 'orders', pass: 'a3screen' }],
    ['no such user', { user: 'page', pass: 'a1-orders' }],
    ['no login at all', {}],
  ])('refuses %s', async (_, options) => {
    const attempt = connect({ servers: `127.0.0.1:${places.port}`, reconnect: false, ...options });
    await expect(attempt).rejects.toThrow(/Authorization Violation/i);
  });
});

describe('permissions on a real server', () => {
  it('let the provisioner make the stream, a publisher publish and a consumer consume', async () => {
    const provisioner = await login('orders', 'a1-orders');
    const manager = await provisioner.jetstreamManager({ checkAPI: false });
    await manager.streams.add(streamConfig(SHOP_STREAM, { replicas: 1 }) as never);
    const [consumer] = mail.consumes;
    if (consumer === undefined) throw new Error('mail-room consumes nothing');
    await manager.consumers.add('SHOP', consumerConfig(mail, consumer, shop) as never);
    await provisioner.jetstream().publish('shop.orders.placed', text.encode('one'));

    const reader = await login('mail-room', 'a2_mail');
    const messages = await reader.jetstream().consumers.get('SHOP', 'mail-room-orders-placed');
    const message = await messages.next({ expires: 5_000 });
    expect(message?.string()).toBe('one');
    await expect(message?.ackAck()).resolves.toBe(true);
  });

  it('carry a core message from its publisher to its listener', async () => {
    const listener = await login('screen', 'a3screen');
    const heard = listener.subscribe('parcel.*', { max: 1 });
    await listener.flush();
    const publisher = await login('mail-room', 'a2_mail');
    publisher.publish('parcel.ann', text.encode('at the door'));
    for await (const message of heard) expect(message.string()).toBe('at the door');
  });

  it.each([
    ['publish what another publishes', 'screen', 'a3screen', 'parcel.ann'],
    ['publish an event of another', 'mail-room', 'a2_mail', 'shop.orders.placed'],
    ['purge a stream', 'mail-room', 'a2_mail', '$JS.API.STREAM.PURGE.SHOP'],
    ['make a stream', 'mail-room', 'a2_mail', '$JS.API.STREAM.CREATE.OTHER'],
    ['steer the server', 'orders', 'a1-orders', '$SYS.REQ.SERVER.PING'],
  ])('keep a service from it: %s', async (_, user, pass, subject) => {
    const connection = await login(user, pass);
    const told = violation(connection);
    connection.publish(subject);
    await connection.flush();
    await expect(told).resolves.toContain(subject.replace('$JS.API', '$JS.APP.API'));
  });

  it.each([
    ['replies of another', 'screen', 'a3screen', '_INBOX_orders.>'],
    ['everything', 'screen', 'a3screen', '>'],
    ['what it only publishes', 'orders', 'a1-orders', 'shop.orders.placed'],
  ])('keep a service from hearing %s', async (_, user, pass, subject) => {
    const connection = await login(user, pass);
    const failed = new Promise<Error | null>((resolve) => {
      connection.subscribe(subject, { callback: (error) => resolve(error) });
    });
    await connection.flush();
    await expect(failed).resolves.toMatchObject({ message: expect.stringMatching(/permissions violation/i) as string });
  });
});

describe('a reload', () => {
  it('gives a running server a new permission and disturbs no connection', async () => {
    const before = await login('mail-room', 'a2_mail');
    const writer = declareService({ ...mail, jetstream: { purges: ['SHOP'] } });
    const topology = defineTopology({ streams: [SHOP_STREAM], services: [orders, writer, screen] });
    writeFileSync(configFile, localNatsConfig(serverOf({ topology }).config, places));
    server?.kill('SIGHUP');
    const manager = await before.jetstreamManager({ checkAPI: false });
    const deadline = Date.now() + 10_000;
    let purged: unknown;
    while (purged === undefined && Date.now() < deadline) {
      purged = await manager.streams.purge('SHOP').catch(() => undefined);
    }
    expect(purged).toMatchObject({ success: true });
    expect(before.isClosed()).toBe(false);
  });
});

describe('three servers', () => {
  const servers: ManagedProcess[] = [];

  afterAll(async () => {
    await Promise.all(servers.map(async (one) => await one.stop()));
  });

  it('find each other by their routes and keep a stream threefold', async () => {
    const { configProps } = serverOf({ replicas: 3 });
    const ports = await Promise.all(
      [0, 1, 2].map(async () => ({ client: await freePort(), monitor: await freePort(), route: await freePort() })),
    );
    const addresses = ports.map(({ route }) => `127.0.0.1:${route}`);
    const urls = addresses.map((address, i) => [`NATS_ROUTE_${i}`, `"nats://route:1a-route@${address}"`] as const);
    const routes = urls.map(([variable]) => variable);
    for (const [ordinal, port] of ports.entries()) {
      const own = join(folder, `nats-${ordinal}`);
      mkdirSync(own);
      const config = natsConfig({
        ...configProps,
        port: port.client,
        monitorPort: port.monitor,
        storeFolder: join(own, 'store'),
        pidFile: join(own, 'nats.pid'),
        cluster: { name: 'nats', port: port.route, routes, passwordVariable: 'NATS_ROUTE_PASSWORD' },
      });
      writeFileSync(join(own, 'nats.conf'), config);
      const env = { ...ENV, ...Object.fromEntries(urls), SERVER_NAME: `nats-${ordinal}` };
      servers.push(
        new ManagedProcess({ name: `nats-${ordinal}`, command: [program, '-c', join(own, 'nats.conf')], env }),
      );
    }
    await Promise.all(ports.map(async ({ monitor }) => await healthy(monitor)));
    const connection = await login('orders', 'a1-orders', { servers: `127.0.0.1:${ports[0]?.client ?? 0}` });
    const manager = await connection.jetstreamManager({ checkAPI: false });
    const config = { ...streamConfig(SHOP_STREAM, { replicas: 3 }), duplicate_window: nanos(1_000) };
    const { cluster } = await manager.streams.add(config as never);
    expect(cluster?.replicas).toHaveLength(2);

    const stranger = { client: await freePort(), monitor: await freePort(), route: await freePort() };
    const own = join(folder, 'stranger');
    mkdirSync(own);
    const { accounts, maxFileStoreBytes, maxMemoryStoreBytes } = configProps;
    const config_ = natsConfig({
      ...{ accounts, maxFileStoreBytes, maxMemoryStoreBytes, port: stranger.client, monitorPort: stranger.monitor },
      ...{ storeFolder: join(own, 'store'), pidFile: join(own, 'nats.pid') },
      cluster: { name: 'nats', port: stranger.route, routes: addresses },
    });
    writeFileSync(join(own, 'nats.conf'), config_);
    const log = join(own, 'log');
    const env = { ...ENV, SERVER_NAME: 'stranger' };
    servers.push(
      new ManagedProcess({ name: 'stranger', command: [program, '-c', join(own, 'nats.conf'), '-l', log], env }),
    );
    await run('sh', ['-c', `until grep -q "Authorization Violation" ${log}; do sleep 0.05; done`], { timeout: 60_000 });
    const routez = await fetch(`http://127.0.0.1:${ports[0]?.monitor ?? 0}/routez`);
    expect(await routez.text()).not.toContain(`"port": ${stranger.route}`);
  });
});
