import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { get, request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { connect } from 'nats';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings, startLocalPlatform, type LocalEvent, type LocalPlatform } from '#local';

const dist = 'test/local/fixtures/dist';
const settings = readSettings('test/local/fixtures/local.json');

let platform: LocalPlatform;
const events: LocalEvent[] = [];
const listeners = new Set<() => void>();

function onEvent(event: LocalEvent): void {
  events.push(event);
  for (const listener of listeners) listener();
}

/** Fulfilled once `count` events of those after `since` match. */
async function seen(match: object, count = 1, since = events.length): Promise<void> {
  await new Promise<void>((resolve) => {
    const check = (): void => {
      const entries = Object.entries(match);
      const hits = events
        .slice(since)
        .filter((event) => entries.every(([key, value]) => Reflect.get(event, key) === value));
      if (hits.length < count) return;
      listeners.delete(check);
      resolve();
    };
    listeners.add(check);
    check();
  });
}

beforeAll(async () => {
  platform = await startLocalPlatform({
    dist,
    settings,
    replicas: 2,
    backoffMs: 50,
    maxGraceMs: 2_000,
    env: { files: { FILES_INCOMING: '$(FILES_ROOT)/elsewhere', TOOL_PATH: '/data/tool', NOT_DECLARED: 'x' } },
    onEvent,
  });
});
afterAll(async () => await platform.stop());

async function json(path: string, init?: RequestInit): Promise<Record<string, string>> {
  const answer = await fetch(platform.url + path, init);
  return (await answer.json()) as Record<string, string>;
}

describe('the stores', () => {
  it('hold the roles that the manifest of PostgreSQL makes, and refuse the superuser over TCP', async () => {
    const env = await json('/env');
    const client = new pg.Client({ connectionString: env.DATABASE_URL ?? '' });
    await client.connect();
    const { rows } = await client.query<{ role: string; db: string }>(
      'select current_user as role, current_database() as db',
    );
    await client.end();
    expect(rows).toEqual([{ role: 'hello', db: 'shop' }]);
    const admin = new pg.Client({ connectionString: platform.servers.postgres?.urlFor('postgres', 'x') ?? '' });
    await expect(admin.connect()).rejects.toThrow(/pg_hba.conf rejects/);
    expect(await platform.servers.postgres?.sql('select current_database()')).toBe('shop');
  });

  it('hold the users that the script of Redis makes', async () => {
    const { REDIS_URL = '', REDIS_PASSWORD = '' } = await json('/env');
    const client = new Redis(REDIS_URL, { username: 'hello', password: REDIS_PASSWORD, lazyConnect: true });
    await client.connect();
    await client.set('hello:x', '1');
    await expect(client.get('other:x')).rejects.toThrow(/NOPERM/);
    client.disconnect();
  });

  it('hold the permissions of nats.conf', async () => {
    const { NATS_URL = '', NATS_PASSWORD = '' } = await json('/env');
    const client = await connect({
      servers: NATS_URL,
      user: 'hello',
      pass: NATS_PASSWORD,
      inboxPrefix: '_INBOX_hello',
    });
    expect(client.info?.server_name).toBe('nats-0');
    client.publish('stolen.x');
    const status = client.status()[Symbol.asyncIterator]();
    expect(JSON.stringify((await status.next()).value)).toMatch(/PERMISSIONS_VIOLATION/);
    await client.close();
  });
});

describe('a service', () => {
  it('gets what the kubelet would give it, with the origin replaced before expansion', async () => {
    const env = await json('/env');
    expect(env).toMatchObject({
      PUBLIC_ORIGIN: platform.url,
      UPLOAD_URL: `${platform.url}/api/files`,
      PRICE: '5$',
      MEMORY_MIB: '128',
      DB_HOST: '127.0.0.1',
      DB_PORT: String(platform.servers.postgres?.port),
    });
    expect(env.TICKET_PRIVATE_KEY).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(env.DB_PASS).toBe(platform.secret('shop-secrets', 'hello-db-password'));
  });

  it('finds its claim where its mount path says, and what a test replaced', async () => {
    const env = await json('/api/files/env');
    expect(env.FILES_ROOT).toMatch(/claims\/files-data$/);
    expect(env.FILES_INCOMING).toBe(`${env.FILES_ROOT ?? ''}/elsewhere`);
    expect(env.DATABASE_FOLDER).toBe('/database');
    // a path that a test gives is one of this machine, also where the container has a mount of that name
    expect(env.TOOL_PATH).toBe('/data/tool');
    expect(env).not.toHaveProperty('NOT_DECLARED');
  });

  it('has as many replicas as asked for, and one where the manifest says Recreate', () => {
    expect(platform.instances.map(({ name }) => name)).toEqual(['hello-0', 'hello-1', 'files-0']);
  });

  it('is left out with a notice where what its command needs is missing', () => {
    expect(events).toContainEqual({
      event: 'notice',
      text: expect.stringMatching(/^web is skipped: .* does not exist$/),
    });
  });

  it('is started again after a kill, with its name and port', async () => {
    const instance = platform.instance('hello-0');
    const { pid, port } = instance;
    instance.kill('SIGKILL');
    await instance.untilState((state) => state === 'failed');
    await instance.untilReady();
    expect(instance.pid).not.toBe(pid);
    expect(instance.port).toBe(port);
    const failure = events.findLast((event) => event.event === 'state' && event.state === 'failed');
    expect(failure).toMatchObject({ name: 'hello-0', reason: expect.stringMatching(/^killed by SIGKILL/) });
  });

  it('says why it ended', async () => {
    const instance = platform.instance('files-0');
    await fetch(`${platform.url}/api/files/crash`).catch(() => undefined);
    await instance.untilState((state) => state === 'failed');
    expect(instance.reason).toMatch(/^exited with 3: it is all over; restarting in \d+ ms/);
    await instance.untilReady();
  });

  it('gets no request while it is not ready', async () => {
    const [first, second] = platform.instancesOf('hello');
    if (first === undefined || second === undefined) throw new Error('two are asked for');
    await fetch(`http://127.0.0.1:${String(first.port)}/unready`);
    await first.untilState((state) => state === 'unready');
    const pods = await Promise.all(Array.from({ length: 6 }, async () => (await json('/x')).pod));
    expect(new Set(pods)).toEqual(new Set([second.name]));
    await first.restart();
  });

  it('is started again when it no longer lives, also when it hangs', async () => {
    const instance = platform.instance('hello-1');
    const { pid } = instance;
    instance.pause();
    await instance.untilState((state) => state === 'starting', 30_000);
    await instance.untilReady();
    expect(instance.pid).not.toBe(pid);
  });

  it('stays down when it was stopped, until it is started', async () => {
    const instance = platform.instance('files-0');
    await instance.stop();
    expect((await fetch(`${platform.url}/api/files/x`)).status).toBe(503);
    instance.start();
    await instance.untilReady();
    expect((await json('/api/files/x')).method).toBe('GET');
  });

  it('tells the highest memory of its process group', () => {
    expect(platform.peakMemoryBytes('hello-0')).toBeGreaterThan(10 * 1024 ** 2);
  });
});

describe('the edge', () => {
  it('sends requests to the replicas in turn', async () => {
    const pods = [await json('/x'), await json('/x'), await json('/x'), await json('/x')].map(({ pod }) => pod);
    expect(pods.slice(0, 2).sort()).toEqual(['hello-0', 'hello-1']);
    expect(pods.slice(2)).toEqual(pods.slice(0, 2));
  });

  it('strips nothing from the path and writes the forwarded headers anew', async () => {
    const headers = await json('/api/hello/headers?a=%2F', {
      headers: { 'x-forwarded-for': '6.6.6.6', 'x-own': 'kept' },
    });
    expect(headers).toMatchObject({
      url: '/api/hello/headers?a=%2F',
      host: new URL(platform.url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-own': 'kept',
    });
  });

  it('passes a large body on as it comes, chunked or not', async () => {
    const body = randomBytes(8 * 1024 ** 2);
    const hash = createHash('sha256').update(body).digest('hex');
    expect(await json('/hash', { method: 'POST', body })).toEqual({ hash });
    const stream = new ReadableStream({
      start: (controller) => {
        controller.enqueue(body);
        controller.close();
      },
    });
    expect(await json('/hash', { method: 'POST', body: stream, duplex: 'half' } as RequestInit)).toEqual({ hash });
  });

  it('gives the answer of a service that refuses a body before it has read it', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(`${platform.url}/refuse`, { method: 'POST' }, (answer) => {
        resolve(answer.statusCode);
        asked.destroy();
      });
      asked.on('error', reject);
      asked.write(randomBytes(1024));
    });
    expect(status).toBe(413);
  });

  it('passes each event of a stream at once, and the last one when its service is stopped', async () => {
    const instance = platform.instance('files-0');
    const chunks: string[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      get(`${platform.url}/api/files/stream`, (answer) => {
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          chunks.push(chunk);
          if (chunks.length === 1) instance.restart().catch(reject);
        });
        answer.on('end', resolve).on('error', reject);
      });
    });
    await ended;
    expect(chunks.join('')).toBe('data: first\n\nretry: 10\n\n');
    await instance.untilReady();
  });

  it('joins websockets', async () => {
    const { hostname, port } = new URL(platform.url);
    const echoed = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connectTcp(Number(port), hostname, () => {
        socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      });
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.endsWith('\r\n\r\n')) socket.write('ping');
        if (!text.endsWith('ping')) return;
        resolve(text);
        socket.destroy();
      });
      socket.on('error', reject);
    });
    expect(echoed).toMatch(/^HTTP\/1\.1 101 [^]*ping$/);
  });

  it('loses no accepted request when a replica is restarted', async () => {
    const begun = seen({ event: 'log', line: 'slow begins' }, 4);
    const slow = Promise.all(Array.from({ length: 4 }, async () => await json('/slow')));
    await begun;
    await platform.instance('hello-0').restart();
    expect(await slow).toEqual(Array.from({ length: 4 }, () => ({ slow: true })));
  });
});

describe('a fault of a store', () => {
  it('is made by halting it, and mended on the same port', async () => {
    const { nats } = platform.servers;
    const port = nats?.port;
    await nats?.halt('SIGKILL');
    expect(nats?.process).toBeUndefined();
    await nats?.start();
    expect(nats?.port).toBe(port);
  });

  it('is mended by itself when nobody asked for it', async () => {
    const { redis } = platform.servers;
    const failed = seen({ name: 'redis', state: 'failed' });
    const back = seen({ name: 'redis', state: 'ready' });
    process.kill(redis?.process?.pid ?? 0, 'SIGKILL');
    await failed;
    await back;
    expect(redis?.process?.running).toBe(true);
  });
});

describe('the builds', () => {
  it('all end before it is told why each one failed', async () => {
    const failing = (reason: string) => [process.execPath, '-e', `console.log('${reason}'); process.exit(1)`] as const;
    const hello = { command: ['hello'], build: failing('no hello') } as const;
    const starting = startLocalPlatform({ dist, settings: { build: failing('no services'), images: { hello } } });
    await expect(starting).rejects.toThrow(/failed:\nno services\nthe build .* failed:\nno hello/);
  });
});

describe('the end', () => {
  it('leaves no process and no folder, also when a service ignores SIGTERM', async () => {
    await fetch(`${platform.url}/api/files/hang`);
    const folder = (await json('/env')).HOME ?? '';
    const pids = [
      ...platform.instances.map(({ pid }) => pid),
      ...Object.values(platform.servers).map(
        (server: { process?: { pid?: number } } | undefined) => server?.process?.pid,
      ),
    ];
    expect(existsSync(folder)).toBe(true);
    await platform.stop();
    for (const pid of pids) expect(() => process.kill(pid ?? 0, 0)).toThrow(/ESRCH/);
    expect(existsSync(folder)).toBe(false);
  });
});
