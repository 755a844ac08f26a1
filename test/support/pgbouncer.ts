/** pgbouncer before a PostgreSQL of a test. */
import { chownSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  ensureProgram,
  freePort,
  launchServer,
  LOOPBACK,
  serverUser,
  temporaryFolder,
  type RunningServer,
} from '#local';

/** How pgbouncer is started. */
export interface PgBouncerOptions {
  readonly mode: 'session' | 'transaction';
  readonly target: { readonly host: string; readonly port: number };
  readonly user: string;
  readonly password: string;
  /** Further settings, which win. @default - none */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts pgbouncer on the loopback address, never as root. */
export async function startPgBouncer(options: PgBouncerOptions): Promise<RunningServer> {
  const program = await ensureProgram('pgbouncer');
  const owner = serverUser();
  const folder = temporaryFolder('pgbouncer', owner?.uid, owner?.gid);
  const port = await freePort();
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (owner !== undefined) chownSync(file, owner.uid, owner.gid);
    return file;
  };
  const settings = {
    listen_addr: LOOPBACK,
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: write('users', `"${options.user}" "${options.password}"\n`),
    pool_mode: options.mode,
    ignore_startup_parameters: 'options',
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const { host, port: targetPort } = options.target;
  const config = write(
    'pgbouncer.ini',
    `[databases]\n* = host=${host} port=${targetPort}\n[pgbouncer]\n${lines.join('\n')}\n`,
  );
  return await launchServer({
    name: 'pgbouncer',
    command: [program, config],
    cwd: folder,
    ...owner,
    stopSignal: 'SIGINT',
    port,
    probe: async () => await listens(port),
    temporaryFolder: folder,
  });
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
