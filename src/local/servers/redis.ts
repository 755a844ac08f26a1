import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from './program.ts';
import { freePort } from './free-port.ts';
import { LOOPBACK } from './loopback.ts';
import { firstAnswer, foreignServer, launchServer, temporaryFolder } from './server-process.ts';
import type { RunningServer } from './server-process.ts';

/** How a Redis server is started. */
export interface RedisOptions {
  /** Folder of its data, kept by `stop`. @default - a temporary one */
  readonly folder?: string;
  /** Port on the loopback address. @default - a free one */
  readonly port?: number;
  /** Text of a redis.conf. @default - append-only off, no users */
  readonly config?: string;
  /** Further arguments, such as `--appendonly yes`. @default - none */
  readonly flags?: readonly string[];
  /** Lines of an ACL file, such as `user auth on >password ~session:* +@all`. @default - the default user, open */
  readonly acl?: string;
  /** Whether a server named by `TEST_REDIS_URL` may be used instead; never with a config or ACL. @default true */
  readonly foreign?: boolean;
}

/** A Redis server and its address. */
export interface RunningRedis extends RunningServer {
  /** Address without credentials, for the default user. */
  readonly url: string;
}

/** Starts Redis on the loopback address; or uses the server named by `TEST_REDIS_URL`. */
export async function startRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  const address = process.env.TEST_REDIS_URL;
  const own = options.config !== undefined || options.acl !== undefined || options.foreign === false;
  if (address !== undefined && address !== '' && !own) {
    return Object.assign(foreignServer(new URL(address), 6379), { url: address });
  }
  const program = await ensureProgram('redis-server');
  const temporary = options.folder === undefined ? temporaryFolder('redis') : undefined;
  const folder = temporary ?? options.folder ?? '';
  mkdirSync(folder, { recursive: true });
  const port = options.port ?? (await freePort());
  const configFile = join(folder, 'redis.conf');
  const aclFile = join(folder, 'users.acl');
  writeFileSync(configFile, options.config ?? 'appendonly no\nsave ""\n', { mode: 0o600 });
  if (options.acl !== undefined) writeFileSync(aclFile, options.acl, { mode: 0o600 });
  const listen = ['--bind', LOOPBACK, '--port', String(port), '--dir', folder, '--daemonize', 'no'];
  const server = await launchServer({
    name: 'redis',
    command: [
      program,
      configFile,
      ...(options.flags ?? []),
      ...listen,
      ...(options.acl === undefined ? [] : ['--aclfile', aclFile]),
    ],
    cwd: folder,
    port,
    probe: async () => isAnswer(await firstAnswer(port, 'PING\r\n')),
    ...(temporary === undefined ? {} : { temporaryFolder: temporary }),
  });
  return Object.defineProperty(server, 'url', {
    value: `redis://${LOOPBACK}:${String(port)}`,
    enumerable: true,
  }) as RunningRedis;
}

/** A server that still loads its data answers LOADING; one that asks for a login is ready. */
function isAnswer(answer: Buffer): boolean {
  const text = answer.toString();
  return text.startsWith('+PONG') || text.startsWith('-NOAUTH') || text.startsWith('-NOPERM');
}
