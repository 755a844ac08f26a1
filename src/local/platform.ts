/**
 * The local platform: the objects of a synthesized folder, run on one machine without a container engine. A *store* is
 * PostgreSQL, Redis or NATS, run by this machine's own program with the configuration of its manifest; an *instance* is
 * one replica of a service, run by the local command that stands for its image; the *edge* routes by the Ingress.
 */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { servicePorts, type LocalAddress, type ServicePort } from './cluster-addresses.ts';
import { assertEdgePortFree, freeEdgePort, startEdge, type Edge } from './edge.ts';
import { messageOf } from './how-it-ended.ts';
import { ingressRoutes, type EdgeRoute } from './ingress-routes.ts';
import type { Instance } from './instance.ts';
import type { EventSink } from './local-event.ts';
import { buildCommands, type LocalSettings } from './local-settings.ts';
import { ManagedProcess } from './managed-process.ts';
import { readManifests } from './manifests.ts';
import { MemoryWatch } from './memory-watch.ts';
import { makeInstance, placeReplicas, type Replica, type ReplicaOptions } from './replica.ts';
import { LOOPBACK, temporaryFolder } from './servers/index.ts';
import type { PodContext } from './store-pod.ts';
import { assertStorePrograms, startStores, storeOf, storePorts, type LocalServers } from './stores.ts';
import { ThrowAwaySecrets } from './throw-away-secrets.ts';
import { workloadsOf } from './workload.ts';

/** How the local platform is started. */
export interface LocalPlatformOptions {
  /** Folder of the synthesized manifests. */
  readonly dist: string;
  /** How images map to this machine. */
  readonly settings: LocalSettings;
  /** Port of the edge; 0 for a free one. @default 0 */
  readonly port?: number;
  /** Replicas of each workload that supports more than one. @default - as in the manifests */
  readonly replicas?: number;
  /** Folder that keeps claims and secrets from one run to the next. @default - a temporary one */
  readonly data?: string;
  /** Whether the build commands of the settings run first. @default true */
  readonly build?: boolean;
  /** Whether servers that are missing are installed, on Debian as root. @default true */
  readonly install?: boolean;
  /** Values that replace those of the manifests, by workload or `*`; a variable that is not declared is not added. @default {} */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Values of Secret keys as `<secret>/<key>`. @default - made for this run */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Pause before the first restart of an instance that ended, in ms; it doubles up to 30 s. @default 500 */
  readonly backoffMs?: number;
  /** Longest time that an instance gets to end cleanly, in ms; the manifest may give less. @default 15000 */
  readonly maxGraceMs?: number;
  /** Time within which all is to be ready, in ms. @default 180000 */
  readonly readyTimeoutMs?: number;
  /** Whether the returned promise waits until all is ready. @default true */
  readonly waitUntilReady?: boolean;
  /** Takes each event. @default - nobody */
  readonly onEvent?: EventSink;
}

/** The running local platform. */
export interface LocalPlatform {
  /** Address of the edge, which is PUBLIC_ORIGIN too. */
  readonly url: string;
  readonly servers: LocalServers;
  readonly instances: readonly Instance[];
  /** Fulfilled when every instance was ready once; rejects with the reasons of those that are not. */
  readonly ready: Promise<void>;
  /** An instance by its name, such as `auth-0`; throws when there is none. */
  instance(name: string): Instance;
  /** Instances of a workload. */
  instancesOf(workload: string): Instance[];
  /** Value of a Secret's key. */
  secret(name: string, key: string): string;
  /** Highest memory of an instance and all it started, in bytes. */
  peakMemoryBytes(instance: string): number;
  /** Ends everything in order and removes what is temporary; may be called again. */
  stop(): Promise<void>;
}

const DEFAULT_BACKOFF_MS = 500;
const DEFAULT_GRACE_MS = 15_000;
const DEFAULT_READY_TIMEOUT_MS = 180_000;

/** Starts the local platform; when it fails on the way, what was started is ended again. */
export async function startLocalPlatform(options: LocalPlatformOptions): Promise<LocalPlatform> {
  const { settings, onEvent = () => undefined } = options;
  const edgePort = await edgePortOf(options);
  const objects = readManifests(options.dist);
  const workloads = workloadsOf(objects);
  const services = workloads.filter((workload) => storeOf(workload) === undefined);
  if (options.build !== false) await runBuilds(buildCommands(settings, services));
  await assertStorePrograms(workloads, options.install ?? true);
  const ports = servicePorts(objects, workloads);
  const folder = temporaryFolder('platform');
  // The server of PostgreSQL runs as another user, who has to reach its data below.
  chmodSync(folder, 0o711);
  const data = options.data === undefined ? folder : resolve(options.data);
  mkdirSync(join(data, 'claims'), { recursive: true });
  const secrets = new ThrowAwaySecrets({ file: join(data, 'secrets.json'), given: options.secrets ?? {} });
  const replicaOptions: ReplicaOptions = {
    settings,
    env: options.env ?? {},
    origin: `http://${LOOPBACK}:${edgePort}`,
    backoffMs: options.backoffMs ?? DEFAULT_BACKOFF_MS,
    maxGraceMs: options.maxGraceMs ?? DEFAULT_GRACE_MS,
    onEvent,
    ...(options.replicas === undefined ? {} : { replicas: options.replicas }),
  };

  const replicas = (await Promise.all(services.map(async (one) => await placeReplicas(one, replicaOptions)))).flat();
  const storesAt = await storePorts(workloads);
  const addresses = localAddresses(ports, replicas, storesAt);
  const context: PodContext = {
    objects,
    secrets,
    addresses,
    podFolder: join(folder, 'pods'),
    claimsFolder: join(data, 'claims'),
  };

  const ending: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const endAll = once(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });
  try {
    const stores = await startStores(workloads, storesAt, context, onEvent);
    ending.push(async () => await stores.stop());
    const instances = replicas.map((replica) => makeInstance(replica, context, replicaOptions));
    const memory = new MemoryWatch(() => groupsOf(instances));
    ending.push(async () => memory.stop());
    const pick = roundRobin(ports, instances);
    const edge = await startEdge({ port: edgePort, routes: ingressRoutes(objects), pick });
    ending.push(async () => await stopServing(edge, instances));
    for (const instance of instances) instance.start();
    const ready = untilAllReady(instances, options.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS);
    ready.then(() => onEvent({ event: 'ready', ready: true, url: edge.url })).catch(() => undefined);
    if (options.waitUntilReady !== false) await ready;
    return {
      url: edge.url,
      servers: stores.servers,
      instances,
      ready,
      instance: (name) => find(instances, name),
      instancesOf: (workload) => instances.filter(({ plan }) => plan.workload === workload),
      secret: (name, key) => secrets.get(name, key),
      peakMemoryBytes: (name) => memory.peakBytes(name),
      stop: endAll,
    };
  } catch (error) {
    await endAll();
    throw error;
  }
}

/** The port of the edge. One that is in use is a fault before anything is built or started. */
async function edgePortOf({ port = 0 }: LocalPlatformOptions): Promise<number> {
  if (port === 0) return await freeEdgePort();
  await assertEdgePortFree(port);
  return port;
}

/** Runs build commands side by side, all to their end: none is left running when another fails. */
async function runBuilds(commands: readonly (readonly [string, ...string[]])[]): Promise<void> {
  const reasons = reasonsOf(await Promise.allSettled(commands.map(runBuild)));
  if (reasons.length > 0) throw new Error(reasons.join('\n'));
}

/** Runs a build command to its end; rejects with what it said. */
async function runBuild(command: readonly [string, ...string[]]): Promise<void> {
  const build = new ManagedProcess({ name: 'build', command });
  const { code } = await build.ended;
  if (code !== 0) throw new Error(`the build (${command.join(' ')}) failed:\n${build.output}`);
}

function localAddresses(
  ports: readonly ServicePort[],
  replicas: readonly Replica[],
  storesAt: ReadonlyMap<string, { readonly containerPort: number; readonly port: number }>,
): LocalAddress[] {
  return ports.flatMap((port) => {
    const store = storesAt.get(port.workload);
    const localPort =
      store === undefined
        ? replicas.find(({ workload }) => workload.name === port.workload)?.port
        : store.containerPort === port.containerPort
          ? store.port
          : undefined;
    return localPort === undefined
      ? []
      : [{ service: port.service, namespace: port.namespace, port: port.port, localPort }];
  });
}

/** Picks ready instances behind a route in turn. */
function roundRobin(
  ports: readonly ServicePort[],
  instances: readonly Instance[],
): (route: EdgeRoute) => number | undefined {
  const turns = new Map<string, number>();
  return ({ service, namespace, port }) => {
    const target = ports.find(
      (one) => one.service === service && one.namespace === namespace && (one.port === port || one.portName === port),
    );
    const ready = instances.filter(({ plan, ready: isReady }) => isReady && plan.workload === target?.workload);
    const turn = turns.get(service) ?? 0;
    turns.set(service, turn + 1);
    return ready[turn % ready.length]?.port;
  };
}

/** The edge takes nothing new, the instances end what they do, then the last connections are closed. */
async function stopServing(edge: Edge, instances: readonly Instance[]): Promise<void> {
  await edge.stop(Promise.all(instances.map(async (instance) => await instance.stop())));
}

async function untilAllReady(instances: readonly Instance[], timeoutMs: number): Promise<void> {
  const waited = instances.map(async (instance) => await instance.untilReady(timeoutMs));
  const reasons = reasonsOf(await Promise.allSettled(waited));
  if (reasons.length > 0) throw new Error(`the local platform is not ready:\n${reasons.join('\n')}`);
}

function reasonsOf(results: readonly PromiseSettledResult<unknown>[]): readonly string[] {
  return results.flatMap((result) => (result.status === 'rejected' ? [messageOf(result.reason)] : []));
}

function groupsOf(instances: readonly Instance[]): Map<string, number> {
  return new Map(instances.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid]])));
}

function find(instances: readonly Instance[], name: string): Instance {
  const found = instances.find((instance) => instance.name === name);
  if (found !== undefined) return found;
  throw new Error(`unknown instance ${name}: there are ${instances.map((instance) => instance.name).join(', ')}`);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return async () => await (running ??= action());
}
