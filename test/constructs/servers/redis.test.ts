import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisAclScript, redisConfig, type RedisUser } from '#constructs';
import { ensureProgram, freePort, ManagedProcess, temporaryFolder } from '#local';

const run = promisify(execFile);

const HOSTILE = `a b'"@:/#$x\\;%>&| p`;
const AUTH: RedisUser = {
  name: 'auth',
  passwordVariable: 'REDIS_PASSWORD_AUTH',
  keys: { writes: ['session:*', 'auth:*'] },
};
const SHOP: RedisUser = {
  name: 'shop-front',
  passwordVariable: 'REDIS_PASSWORD_SHOP_FRONT',
  keys: { writes: ['shop-front:*', 'rl:shop-front:*'], reads: ['session:*'] },
};
const PASSWORDS = { REDIS_PASSWORD_AUTH: HOSTILE, REDIS_PASSWORD_SHOP_FRONT: 'second', REDIS_ADMIN: 'third' };

const folder = temporaryFolder('redis-pod');
const script = join(folder, 'users.sh');
const aclFile = join(folder, 'users.acl');
const clients: Redis[] = [];
let port = 0;
let server: ManagedProcess | undefined;

async function makeUsers(env: Record<string, string>): Promise<string> {
  const { stdout, stderr } = await run('sh', [script, aclFile], { env: { PATH: process.env.PATH ?? '', ...env } });
  return stdout + stderr;
}

async function login(username: string, password: string): Promise<Redis> {
  const options = { host: '127.0.0.1', port, username, password, lazyConnect: true, retryStrategy: () => null };
  const client = new Redis(options);
  client.on('error', () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}

async function cli(...words: string[]): Promise<string> {
  const { stdout, stderr } = await run('redis-cli', ['-p', String(port), ...words]);
  return stdout + stderr;
}

async function startServer(): Promise<void> {
  server = new ManagedProcess({
    name: 'redis',
    command: [await ensureProgram('redis-server'), join(folder, 'redis.conf'), '--appendonly', 'yes'],
  });
  await run('sh', ['-c', `until redis-cli ${['-p', String(port), ...PROBE].join(' ')} ping; do sleep 0.05; done`], {
    timeout: 30_000,
  });
}

const PROBE = ['-e', '--user', 'probe', '--pass', 'probe', '--no-auth-warning'];

describe('users on a real Redis', () => {
  let output = '';

  beforeAll(async () => {
    port = await freePort();
    writeFileSync(script, redisAclScript([AUTH, SHOP], { adminPasswordVariable: 'REDIS_ADMIN' }));
    const config = redisConfig({ maxMemoryBytes: 64 * 2 ** 20, port, dataFolder: folder, aclFile });
    writeFileSync(join(folder, 'redis.conf'), config);
    output = await makeUsers(PASSWORDS);
    await startServer();
  });

  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server?.stop();
  });

  it('are made without a password in the file, in the script or in what it prints', () => {
    const made = readFileSync(aclFile, 'utf8') + readFileSync(script, 'utf8') + output;
    for (const password of Object.values(PASSWORDS)) expect(made).not.toContain(password);
    expect(made).toMatch(/^user auth reset on #[0-9a-f]{64} /m);
  });

  it('log in with their password, a hostile one included, and with no other', async () => {
    await expect((await login('auth', HOSTILE)).ping()).resolves.toBe('PONG');
    expect(await cli('auth', 'auth', 'wrong')).toContain('WRONGPASS');
    expect(await cli('auth', 'shop-front', '')).toContain('WRONGPASS');
    expect(await cli('auth', 'default', '')).toContain('WRONGPASS');
    expect(await cli('get', 'session:1')).toContain('NOAUTH');
  });

  it('let only auth write sessions, and others read them', async () => {
    const auth = await login('auth', HOSTILE);
    const shop = await login('shop-front', 'second');
    await auth.set('session:1', 'somebody');
    await expect(shop.get('session:1')).resolves.toBe('somebody');
    await expect(shop.set('session:1', 'me')).rejects.toThrow(/NOPERM/);
    await expect(shop.del('session:1')).rejects.toThrow(/NOPERM/);
    await expect(shop.expire('session:1', 1)).rejects.toThrow(/NOPERM/);
    await expect(shop.getset('session:1', 'me')).rejects.toThrow(/NOPERM/);
    await expect(shop.eval(`return redis.call('set', KEYS[1], 'me')`, 1, 'session:1')).rejects.toThrow(
      /NOPERM|No permissions|can't access/i,
    );
  });

  it('let a service do what it needs on its own keys: a sorted set, a script, a transaction', async () => {
    const shop = await login('shop-front', 'second');
    const limiter = `local now = redis.call('TIME')[1] redis.call('ZADD', KEYS[1], now, ARGV[1]) redis.call('PEXPIRE', KEYS[1], 1000) return redis.call('ZCARD', KEYS[1])`;
    await expect(shop.eval(limiter, 1, 'rl:shop-front:login', 'one')).resolves.toBe(1);
    await expect(shop.multi().set('shop-front:a', '1').incr('shop-front:a').exec()).resolves.toEqual([
      [null, 'OK'],
      [null, 2],
    ]);
    await expect(shop.set('shop-front:once', '1', 'EX', 10, 'NX')).resolves.toBe('OK');
    await expect(shop.info('server')).resolves.toContain('redis_version');
  });

  it.each([
    ['another service’s key', ['get', 'auth:1']],
    ['every key’s name', ['scan', '0']],
    ['every key’s name at once', ['keys', '*']],
    ['a key by chance', ['randomkey']],
    ['all data', ['flushall']],
    ['the configuration', ['config', 'get', '*']],
    ['the users', ['acl', 'list']],
    ['the commands of others', ['monitor']],
    ['the connections of others', ['client', 'list']],
    ['the scripts of others', ['script', 'flush']],
    ['functions for all', ['function', 'list']],
    ['channels', ['publish', 'x', 'y']],
  ])('keep a service from %s', async (_, [command = '', ...args]) => {
    const shop = await login('shop-front', 'second');
    await expect(shop.call(command, ...args)).rejects.toThrow(/NOPERM/);
  });

  it('find all their data again after a restart, what a transaction wrote too', async () => {
    const auth = await login('auth', HOSTILE);
    await auth.set('auth:alone', 'kept');
    await auth.multi().set('session:2', 'kept').set('auth:together', 'kept').exec();
    await server?.stop();
    await startServer();
    const again = await login('auth', HOSTILE);
    await expect(again.mget('auth:alone', 'session:2', 'auth:together')).resolves.toEqual(['kept', 'kept', 'kept']);
  });

  it('let a probe without a password ping and nothing else', async () => {
    expect(await cli(...PROBE, 'ping')).toBe('PONG\n');
    await expect(cli(...PROBE, 'get', 'session:1')).rejects.toThrow();
    expect(await cli('ping')).toContain('NOAUTH');
  });

  it('let the administrator do all', async () => {
    const admin = await login('admin', 'third');
    expect(await admin.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await admin.config('GET', 'maxmemory')).toEqual(['maxmemory', String(64 * 2 ** 20)]);
    expect(await admin.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
  });

  it('are not made when a password is empty or missing, and the variable is named', async () => {
    const { REDIS_PASSWORD_SHOP_FRONT: _, ...missing } = PASSWORDS;
    const before = readFileSync(aclFile, 'utf8');
    await expect(makeUsers(missing)).rejects.toThrow(/REDIS_PASSWORD_SHOP_FRONT is empty/);
    await expect(makeUsers({ ...PASSWORDS, REDIS_PASSWORD_AUTH: '' })).rejects.toThrow(/REDIS_PASSWORD_AUTH is empty/);
    expect(readFileSync(aclFile, 'utf8')).toBe(before);
  });
});
