/** The PostgreSQL of dist as its pod runs it: files of the ConfigMap, the init container to its end, then the server; and the CronJob of its backups. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { ensureProgram, freePort, ManagedProcess, serverUser, strongSecret, temporaryFolder } from '#local';

const run = promisify(execFile);
const MANIFEST = 'dist/11-postgres.yaml';

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly key: string } };
}
interface Container {
  readonly command: readonly string[];
  readonly env: readonly Variable[];
}
interface Pod {
  readonly spec: { readonly initContainers?: readonly Container[]; readonly containers: readonly Container[] };
}
interface ManifestObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: Pod; readonly jobTemplate?: { readonly spec: { readonly template: Pod } } };
}

/** A PostgreSQL of the platform that runs. */
export interface PostgresPod {
  readonly port: number;
  /** Password of a secret's key, as the manifests name it. */
  password(key: string): string;
  /** Runs a command in the pod, as `kubectl exec -i` does: as the server's user, over its socket. */
  exec(command: readonly string[], input?: string): Promise<string>;
  /** Runs what the CronJob runs, and gives the folder of the dumps. */
  backUp(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it on an empty volume; pods that share `passwords` have the same Secret. */
export async function startPostgresPod(passwords = new Map<string, string>()): Promise<PostgresPod> {
  const owner = serverUser();
  const folder = temporaryFolder('postgres-pod', owner?.uid, owner?.gid);
  const port = await freePort();
  const path = `${dirname(await ensureProgram('postgres'))}:${process.env.PATH ?? ''}`;
  // where the pod mounts something, and where that is here
  const places: readonly (readonly [string, string])[] = [
    ['/etc/postgresql', join(folder, 'config')],
    ['/etc/backup', join(folder, 'backup-config')],
    ['/var/run/postgresql', join(folder, 'socket')],
    ['/var/lib/postgresql/data', join(folder, 'data')],
    ['/backup', join(folder, 'dumps')],
  ];
  for (const [, here] of places) {
    mkdirSync(here);
    if (owner !== undefined) await run('chown', [`${owner.uid}:${owner.gid}`, here]);
  }
  const here = (text: string): string =>
    text.replace(/(?<![\w/-])\/(etc|var|backup)[\w/-]*/g, (path) => {
      const [there, to] = places.find(([there]) => path === there || path.startsWith(`${there}/`)) ?? ['', ''];
      return to + path.slice(there.length);
    });
  const password = (key: string): string => {
    const known = passwords.get(key) ?? strongSecret();
    passwords.set(key, known);
    return known;
  };
  const envOf = ({ env }: Container): Record<string, string> => ({
    PATH: path,
    LC_ALL: 'C',
    PGPORT: String(port),
    ...Object.fromEntries(
      env.map(({ name, value, valueFrom }) => [
        name,
        valueFrom ? password(valueFrom.secretKeyRef.key) : here(value ?? ''),
      ]),
    ),
  });

  const objects = parseAllDocuments(readFileSync(MANIFEST, 'utf8')).map((one) => one.toJS() as ManifestObject);
  const find = (kind: string, name: string): ManifestObject => {
    const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
    if (found === undefined) throw new Error(`${MANIFEST} holds no ${kind} ${name}`);
    return found;
  };
  const write = (configMap: string, to: string): void => {
    for (const [name, text] of Object.entries(find('ConfigMap', configMap).data ?? {})) {
      const moved = here(text).replace("listen_addresses = '*'", "listen_addresses = '127.0.0.1'");
      writeFileSync(join(to, name), moved.replace('port = 5432', `port = ${port}`));
    }
  };
  write('postgres-config', join(folder, 'config'));
  write('postgres-backup', join(folder, 'backup-config'));

  const pod = find('StatefulSet', 'postgres').spec?.template?.spec;
  const [init] = pod?.initContainers ?? [];
  const [main] = pod?.containers ?? [];
  const [backup] = find('CronJob', 'postgres-backup').spec?.jobTemplate?.spec.template.spec.containers ?? [];
  if (init === undefined || main === undefined || backup === undefined)
    throw new Error(`${MANIFEST} lacks a container`);

  const once = async (container: Container, changes: Readonly<Record<string, string>> = {}): Promise<void> => {
    const [program = '', ...args] = container.command.map(here);
    await run(program, args, { ...owner, cwd: folder, env: { ...envOf(container), ...changes } });
  };
  await once(init);
  const [program = '', ...args] = main.command.map(here);
  const server = new ManagedProcess({
    name: 'postgres',
    command: [program, ...args],
    env: envOf(main),
    cwd: folder,
    ...owner,
    stopSignal: 'SIGINT',
  });
  await run('sh', ['-c', 'until pg_isready -q; do sleep 0.05; done'], { env: envOf(main), timeout: 30_000 });

  return {
    port,
    password,
    async exec([name = '', ...rest], input) {
      const running = run(name, rest, { ...owner, cwd: folder, env: envOf(main) });
      if (input !== undefined) running.child.stdin?.write(readFileSync(input));
      running.child.stdin?.end();
      return (await running).stdout;
    },
    async backUp() {
      await once(backup, { PGHOST: '127.0.0.1', PGPORT: String(port) });
      return join(folder, 'dumps');
    },
    async stop() {
      await server.stop();
    },
  };
}
