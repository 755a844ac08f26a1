/** Settings of a NATS server, their defaults, and faults in combinations. */
import type { Fault, KeyRef } from '#env';
import type { Topology } from '#messaging';
import { bytesOf } from '#manifests';
import { resourceFaults } from '../microservice/resources.ts';
import type { ContainerResources } from '../object/container-resources.ts';
import { imageReferenceProblem } from '../object/image-reference.ts';
import { withDefaults } from '../object/prop-defaults.ts';
import { shareOf } from '../object/quantity.ts';
import type { CertificateSource } from '../store/client-tls.ts';
import type { NetworkPeer } from '../store/policy.ts';

/** Default image of the server. */
export const NATS_IMAGE = 'nats:2.14.2-alpine';
/** Default image of the reloader. */
export const NATS_RELOADER_IMAGE = 'natsio/nats-server-config-reloader:0.23.0';

/** Settings of a NATS server. */
export interface NatsServerProps {
  /** Streams and services, from which its users and their permissions are derived. */
  readonly topology: Topology;
  /** Name of its objects, its label `app` and its host. @default - the id of the construct */
  readonly name?: string;
  /** Image by digest or exact tag. @default {@link NATS_IMAGE} */
  readonly image?: string;
  /** Image of the reloader. @default {@link NATS_RELOADER_IMAGE} */
  readonly reloaderImage?: string;
  /** Names of the Secrets to pull images with. @default - none */
  readonly imagePullSecrets?: readonly string[];
  /** Servers: 1, or 3 as a cluster. @default 1 */
  readonly replicas?: number;
  /** Size of each server's volume; a claim template cannot be changed later. @default '2Gi' */
  readonly storage?: string;
  /** Storage class of the volumes. @default - the cluster's default class */
  readonly storageClass?: string;
  /** Size limit of JetStream on disk; must be below `storage`. @default - 90 % of `storage` */
  readonly maxFileStore?: string;
  /** Size limit of JetStream in memory; must be below the memory limit. @default '256Mi' */
  readonly memoryStore?: string;
  /** @default - requests 100m and 256Mi, limits 500m and 512Mi */
  readonly resources?: ContainerResources;
  /** Numeric user of its containers. @default 1000 */
  readonly uid?: number;
  /**
   * PriorityClass of its pods. With one above that of its clients, they make room for it on a full node.
   * @default - the default priority of the cluster
   */
  readonly priorityClassName?: string;
  /** Password of the user `sys` in the account SYS, who may monitor and control the servers. @default - no such user */
  readonly systemPassword?: KeyRef;
  /** Secret of type kubernetes.io/tls for the client port; its certificate names {@link NatsServer.host}. @default - no TLS */
  readonly tlsSecret?: string;
  /**
   * Certificates of the authority that signed `tlsSecret`, for `env` and `volumes` of the clients: a key of a ConfigMap or
   * Secret in the namespace of each client.
   * @default - clients trust the authorities of their runtime alone
   */
  readonly tlsCa?: CertificateSource;
  /**
   * Password with which servers join the cluster: letters, digits, `-` and `_`.
   * @default - key `password` of the Secret `<name>-routes`; none with `routesTlsSecret` or a single server
   */
  readonly routesPassword?: KeyRef;
  /** Secret with tls.crt, tls.key and ca.crt for mutual TLS between servers. @default - no TLS between them */
  readonly routesTlsSecret?: string;
  /**
   * Who else may connect: pods of another repository, by `namespaceLabels` those of other namespaces, or addresses.
   * Services of this app are let in from any namespace.
   * @default []
   */
  readonly callers?: readonly NetworkPeer[];
  /**
   * Who may read the monitoring endpoints, which have no password: one or several.
   * @default - none but the kubelet's probes
   */
  readonly scraper?: NetworkPeer | readonly NetworkPeer[];
}

const DEFAULTS = {
  callers: [] as readonly NetworkPeer[],
  name: 'nats',
  image: NATS_IMAGE,
  reloaderImage: NATS_RELOADER_IMAGE,
  imagePullSecrets: [] as readonly string[],
  replicas: 1,
  storage: '2Gi',
  memoryStore: '256Mi',
  resources: {
    requests: { cpu: '100m', memory: '256Mi' },
    limits: { cpu: '500m', memory: '512Mi' },
  } as ContainerResources,
  uid: 1000,
};
/** The rest is for what the file system keeps of itself: JetStream must refuse a message before the disk does. */
const FILE_STORE_SHARE = 0.9;
/** Variable of the server's pod that holds the password of the user `sys`. */
export const NATS_SYSTEM_VARIABLE = 'NATS_SYSTEM_PASSWORD';

/** Props with every default filled in. */
export type NatsSettings = ReturnType<typeof natsSettings>;

/** Fills the defaults in. */
export function natsSettings(props: NatsServerProps) {
  const maxFileStore = shareOf(props.storage ?? DEFAULTS.storage, FILE_STORE_SHARE);
  const { routesPassword = defaultRoutesPassword(props), ...rest } = withDefaults(props, { ...DEFAULTS, maxFileStore });
  return { ...rest, routesPassword };
}

/** Without them, anyone who reaches the port can join the cluster. */
function defaultRoutesPassword({ name = DEFAULTS.name, replicas = 1, routesTlsSecret }: NatsServerProps) {
  return replicas === 1 || routesTlsSecret !== undefined ? undefined : { name: `${name}-routes`, key: 'password' };
}

/** What is wrong with the settings. */
export function natsSettingsFaults(settings: NatsSettings, place: string): Fault[] {
  const faults: Fault[] = [];
  const fault = (rule: string, message: string): number => faults.push({ rule, place, message });
  if (settings.replicas !== 1 && settings.replicas !== 3) {
    fault(
      'nats-replicas',
      `replicas is ${settings.replicas}, but only one server, or a cluster of three, is supported: use 1 or 3`,
    );
  }
  for (const image of [settings.image, settings.reloaderImage]) {
    const problem = imageReferenceProblem(image);
    if (problem !== undefined) fault('image-reference', problem);
  }
  const storage = quantity('storage', settings.storage);
  const maxFileStore = quantity('maxFileStore', settings.maxFileStore);
  const memoryStore = quantity('memoryStore', settings.memoryStore);
  faults.push(...resourceFaults(settings.resources, place));
  const memory = bytesOf(settings.resources.limits.memory) ?? Number.NaN;
  if (maxFileStore >= storage) {
    fault(
      'nats-file-store',
      `maxFileStore is ${settings.maxFileStore} and storage ${settings.storage}, but the store must be smaller than its volume: omit maxFileStore, or enlarge storage`,
    );
  }
  if (memoryStore >= memory) {
    fault(
      'nats-memory-store',
      `memoryStore is ${settings.memoryStore} and the memory limit ${settings.resources.limits.memory}, but the store must be smaller than the limit: lower memoryStore, or raise resources.limits.memory`,
    );
  }
  // without a storage that can be read, the share of it says nothing
  if (!Number.isNaN(storage)) reserved('file', maxFileStore, 'maxFileStore');
  reserved('memory', memoryStore, 'memoryStore');
  if (settings.tlsCa !== undefined && settings.tlsSecret === undefined) {
    fault(
      'nats-tls',
      'tlsCa is set without tlsSecret, but then clients connect without TLS: set tlsSecret, or omit tlsCa',
    );
  }
  if (settings.routesTlsSecret !== undefined && settings.replicas === 1) {
    fault(
      'nats-routes-tls',
      'routesTlsSecret is set, but a single server has no routes: omit it, or set replicas to 3',
    );
  }
  return faults;

  function quantity(name: string, text: string): number {
    const bytes = bytesOf(text);
    if (bytes === undefined) {
      fault('quantity', `${name} is ${JSON.stringify(text)}, must be a quantity of bytes such as 512Mi or 2Gi`);
    }
    return bytes ?? Number.NaN;
  }

  function reserved(storageKind: 'file' | 'memory', available: number, prop: string): void {
    const stored = settings.topology.streams.filter((stream) => stream.storage === storageKind);
    const streams = stored.filter((stream) => stream.maxBytes > 0);
    const wanted = streams.reduce((sum, stream) => sum + stream.maxBytes, 0);
    if (Number.isNaN(available)) return;
    const left = Math.max(0, available - wanted);
    for (const { name, maxBytes } of stored.filter((stream) => stream.maxBytes === -1)) {
      fault(
        'nats-stream-unbounded',
        `maxBytes of stream ${name} is ${maxBytes}, so it can fill the store and every other stream is then refused: set maxBytes, ${prop} has ${left} bytes that no stream reserves`,
      );
    }
    if (wanted <= available) return;
    const names = streams.map((stream) => stream.name).join(', ');
    fault(
      'nats-streams-exceed-store',
      `the streams ${names} reserve ${wanted} bytes, but ${prop} is ${available}, so the server would refuse some of them: lower maxBytes, or enlarge the store`,
    );
  }
}
