import { chownSync, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { messageOf } from './how-it-ended.ts';
import type { EventSink, LocalState } from './local-event.ts';
import {
  assertInstalled,
  assertReachable,
  ensureProgram,
  freePort,
  serverUser,
  standaloneNatsConfig,
  startNats,
  startPreparedPostgres,
  startRedis,
  wholeNatsConfig,
} from './servers/index.ts';
import type {
  ProgramName,
  RunningNats,
  RunningPostgres,
  RunningRedis,
  RunningServer,
  SystemUser,
} from './servers/index.ts';
import { dataFolder, namedFile, namedPath, prepareStore, runPreparations, type PodContext } from './store-pod.ts';
import { imageName, STORE_IMAGES, type StoreName, type Workload } from './workload.ts';

/** The servers of the local platform; undefined where the manifests have none. */
export interface LocalServers {
  readonly postgres: RunningPostgres | undefined;
  readonly redis: RunningRedis | undefined;
  readonly nats: RunningNats | undefined;
}

/** Which store a workload is, by the images of its containers; undefined for a service. */
export function storeOf(workload: Workload): StoreName | undefined {
  // a job may use the programs of an image, such as those for a dump
  if (workload.retries !== undefined) return undefined;
  const images = workload.containers.map(({ image }) => imageName(image));
  return STORE_IMAGES.find((store) => images.includes(store));
}

const PROGRAMS: Readonly<Record<StoreName, ProgramName>> = {
  postgres: 'postgres',
  redis: 'redis-server',
  nats: 'nats-server',
};

/** Throws if the programs of the stores are not installed; with `install`, installs them where that is possible. */
export async function assertStorePrograms(workloads: readonly Workload[], install: boolean): Promise<void> {
  const stores = STORE_IMAGES.filter((store) => workloads.some((workload) => storeOf(workload) === store));
  const programs = stores.map((store) => PROGRAMS[store]);
  if (!install) return assertInstalled(programs);
  for (const program of programs) await ensureProgram(program);
}

/** Which container port of a store is served at which local port. */
export interface StorePort {
  readonly containerPort: number;
  readonly port: number;
}

/** Chooses a local port for the main port of each store, by workload. */
export async function storePorts(workloads: readonly Workload[]): Promise<Map<string, StorePort>> {
  const stores = workloads.filter((workload) => storeOf(workload) !== undefined);
  const placed = stores.map(async (workload): Promise<[string, StorePort]> => {
    const containerPort = workload.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort ?? 0;
    return [workload.name, { containerPort, port: await freePort() }];
  });
  return new Map(await Promise.all(placed));
}

/** The started stores. */
export interface LocalStores {
  readonly servers: LocalServers;
  /** Ends them, side by side: nobody uses them any more. */
  stop(): Promise<void>;
}

/** Starts every store side by side; one that ends by itself is started again. When one fails, the others are ended. */
export async function startStores(
  workloads: readonly Workload[],
  ports: ReadonlyMap<string, StorePort>,
  context: PodContext,
  onEvent: EventSink,
): Promise<LocalStores> {
  const running: (() => Promise<void>)[] = [];
  const start = async <S extends RunningServer>(
    store: StoreName,
    launch: (workload: Workload, port: number, pod: PodContext) => Promise<S>,
  ): Promise<S | undefined> => {
    const workload = workloads.find((one) => storeOf(one) === store);
    if (workload === undefined) return undefined;
    const port = ports.get(workload.name)?.port ?? 0;
    const tell = stateTeller(workload.name, port, onEvent);
    tell('starting');
    try {
      const server = await launch(workload, port, context);
      keepAlive(server, tell);
      running.push(async () => {
        tell('stopping');
        await server.stop();
        tell('stopped');
      });
      tell('ready');
      return server;
    } catch (error) {
      const reason = messageOf(error);
      tell('failed', reason);
      throw new Error(`${workload.name}: ${reason}`, { cause: error });
    }
  };
  const results = await Promise.allSettled([
    start('postgres', startLocalPostgres),
    start('redis', startLocalRedis),
    start('nats', startLocalNats),
  ] as const);
  const [postgres, redis, nats] = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  const stop = async (): Promise<void> => {
    await Promise.all(running.splice(0).map(async (end) => await end()));
  };
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [messageOf(result.reason)] : []));
  if (failures.length > 0) {
    await stop();
    throw new Error(failures.join('\n'));
  }
  const servers = { postgres, redis, nats } as LocalServers;
  return { servers, stop };
}

type StateTeller = (state: LocalState, reason?: string) => void;

function stateTeller(name: string, port: number, onEvent: EventSink): StateTeller {
  return (state, reason) =>
    onEvent({ event: 'state', kind: 'server', name, state, port, ...(reason === undefined ? {} : { reason }) });
}

/** A store that ended though nobody asked it to is started again, as the kubelet would. */
function keepAlive(server: RunningServer, tell: StateTeller): void {
  server.onLost((reason) => {
    tell('failed', reason.split('\n').at(-1) ?? '');
    server.start().then(
      () => tell('ready'),
      (error: unknown) => tell('failed', messageOf(error)),
    );
  });
}

/** Its data folder and its roles are made by the scripts of the manifest, which run before each start of a pod. */
async function startLocalPostgres(workload: Workload, port: number, context: PodContext): Promise<RunningPostgres> {
  const pod = prepareStore(workload, 'postgres', context);
  const { server } = pod;
  const owner = serverUser();
  const programs = dirname(await ensureProgram('postgres'));
  const path = `${programs}${delimiter}${process.env.PATH ?? ''}`;
  if (owner !== undefined) {
    for (const { path: folder } of server.mounts) {
      giveTo(owner, folder);
      assertReachable(folder, owner);
    }
  }
  await runPreparations(pod, { env: { PATH: path }, ...owner });
  const { PGHOST: socketFolder = '', PGUSER: adminUser = 'postgres' } = {
    ...pod.preparations[0]?.env,
    ...server.env,
  };
  const flags = server.words.slice(server.words.findIndex((word) => /(^|\/)postgres$/.test(word)) + 1);
  return await startPreparedPostgres({ flags, env: server.env, port, socketFolder, adminUser });
}

/** Gives a folder and all in it to the user that the server runs as. */
function giveTo(owner: SystemUser, path: string): void {
  chownSync(path, owner.uid, owner.gid);
  if (!statSync(path).isDirectory()) return;
  for (const entry of readdirSync(path)) giveTo(owner, join(path, entry));
}

async function startLocalRedis(workload: Workload, port: number, context: PodContext): Promise<RunningRedis> {
  const pod = prepareStore(workload, 'redis', context);
  await runPreparations(pod);
  const { server } = pod;
  const configAt = server.words.findIndex((word) => word.endsWith('.conf'));
  return await startRedis({
    port,
    folder: dataFolder(server, context.claimsFolder),
    config: namedFile(server, '.conf'),
    flags: server.words.slice(configAt + 1),
  });
}

async function startLocalNats(workload: Workload, port: number, context: PodContext): Promise<RunningNats> {
  const { server } = prepareStore(workload, 'nats', context);
  return await startNats({
    port,
    folder: dataFolder(server, context.claimsFolder),
    config: standaloneNatsConfig(wholeNatsConfig(namedPath(server, '.conf'))),
    env: server.env,
  });
}
