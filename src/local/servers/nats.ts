import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureProgram } from './program.ts';
import { freePort } from './free-port.ts';
import { LOOPBACK } from './loopback.ts';
import { firstAnswer, foreignServer, launchServer, temporaryFolder } from './server-process.ts';
import type { RunningServer } from './server-process.ts';

/** How a nats-server is started. */
export interface NatsOptions {
  /** Text of a nats.conf; only its ports, store_dir and pid_file are replaced. @default - JetStream on a file store, no users */
  readonly config?: string;
  /** Variables that the configuration names as `$NAME`. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder of its data, kept by `stop`. @default - a temporary one */
  readonly folder?: string;
  /** Client port on the loopback address. @default - a free one */
  readonly port?: number;
  /** Whether a server named by `TEST_NATS_URL` may be used instead; never with a config. @default true */
  readonly foreign?: boolean;
}

/** A nats-server and its addresses. */
export interface RunningNats extends RunningServer {
  /** Address for clients, without credentials. */
  readonly url: string;
  /** Address of its monitoring pages; undefined for a foreign server. */
  readonly monitorUrl: string | undefined;
}

const PLAIN_CONFIG = 'jetstream { store_dir: "/data" }\n';

/** Starts nats-server on the loopback address; or uses the server named by `TEST_NATS_URL`. */
export async function startNats(options: NatsOptions = {}): Promise<RunningNats> {
  const address = process.env.TEST_NATS_URL;
  if (address !== undefined && address !== '' && options.config === undefined && options.foreign !== false) {
    return Object.assign(foreignServer(new URL(address), 4222), { url: address, monitorUrl: undefined });
  }
  const program = await ensureProgram('nats-server');
  const temporary = options.folder === undefined ? temporaryFolder('nats') : undefined;
  const folder = temporary ?? options.folder ?? '';
  mkdirSync(folder, { recursive: true });
  const port = options.port ?? (await freePort());
  const monitorPort = await freePort();
  const configFile = join(folder, 'nats.conf');
  const places = { port, monitorPort, storeDir: join(folder, 'jetstream'), pidFile: join(folder, 'nats.pid') };
  writeFileSync(configFile, localNatsConfig(options.config ?? PLAIN_CONFIG, places), { mode: 0o600 });
  const server = await launchServer({
    name: 'nats',
    command: [program, '-c', configFile, '-a', LOOPBACK, '-p', String(port), '-m', String(monitorPort)],
    env: { PATH: process.env.PATH ?? '', ...options.env },
    cwd: folder,
    port,
    // Lame-duck mode is for a cluster; one server ends at once on SIGTERM and keeps its streams.
    probe: async () => (await firstAnswer(port, '')).toString().startsWith('INFO '),
    ...(temporary === undefined ? {} : { temporaryFolder: temporary }),
  });
  const urls = { url: `nats://${LOOPBACK}:${String(port)}`, monitorUrl: `http://${LOOPBACK}:${String(monitorPort)}` };
  return Object.defineProperties(urls, Object.getOwnPropertyDescriptors(server)) as unknown as RunningNats;
}

/** Text of a nats.conf with the files that it includes put in their places. */
export function wholeNatsConfig(file: string): string {
  return readFileSync(file, 'utf8').replace(
    /^([ \t]*)include[ \t]+["']?([^"'\n]+?)["']?[ \t]*$/gm,
    (_line, _indent, included: string) => wholeNatsConfig(join(dirname(file), included)),
  );
}

/** Where a configuration written for a pod listens and stores on this machine. */
export interface NatsPlaces {
  readonly port: number;
  readonly monitorPort: number;
  readonly storeDir: string;
  readonly pidFile: string;
}

/** A nats.conf with its ports, store_dir and pid_file replaced, and nothing else: users and permissions stay as they are. */
export function localNatsConfig(config: string, places: NatsPlaces): string {
  const replaced: Readonly<Record<string, string>> = {
    port: String(places.port),
    http_port: String(places.monitorPort),
    monitor_port: String(places.monitorPort),
    store_dir: JSON.stringify(places.storeDir),
    pid_file: JSON.stringify(places.pidFile),
  };
  const setting =
    /^([ \t]*|.*[{,;][ \t]*)"?(port|http_port|monitor_port|store_dir|pid_file)"?([ \t]*[:=][ \t]*|[ \t]+)("[^"]*"|'[^']*'|[^\s,;}]+)/gm;
  return config
    .split('\n')
    .map((line) =>
      /^\s*(#|\/\/)/.test(line)
        ? line
        : line.replace(
            setting,
            (_all, before: string, key: string, gap: string) => `${before}${key}${gap}${replaced[key] ?? ''}`,
          ),
    )
    .join('\n');
}

/** A nats.conf for one server without TLS: routes lead to servers that are not here, and certificates are the cluster's. */
export function standaloneNatsConfig(config: string): string {
  let open = 0;
  return config
    .split('\n')
    .filter((line) => {
      if (open === 0 && !/^\s*"?(?:cluster|tls)"?\s*[:=]?\s*\{/.test(line)) return true;
      open += line.split('{').length - line.split('}').length;
      return false;
    })
    .join('\n');
}
