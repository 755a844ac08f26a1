/** The pod of a NATS server: the server itself and, beside it, the reloader that tells it of an edited configuration. */
import type { k8s } from 'cdk8s-plus-27';
import { bytesOf } from '#manifests';
import { intOrString, quantity } from '../object/kube-objects.ts';
import { CONFIG_HASH_ANNOTATION, configHash } from '../object/config-hash.ts';
import { resourceRequirements, type ContainerResources } from '../object/container-resources.ts';
import {
  LAME_DUCK_SECONDS,
  NATS_MONITOR_PORT,
  NATS_PID_FILE,
  NATS_PORT,
  NATS_CONFIG_FILE,
  NATS_ROUTE_PORT,
  NATS_ROUTE_USER,
  NATS_STORE_FOLDER,
} from './config.ts';
import { restrictedContainer, restrictedPod } from '../object/pod-security.ts';
import type { ServiceLogin } from '../store/service-login.ts';
import type { KeyRef } from '#env';
import type { StorePort } from '../store/services.ts';

/** What the pod is made from. */
export interface NatsPodProps {
  readonly name: string;
  readonly image: string;
  readonly reloaderImage: string;
  readonly imagePullSecrets: readonly string[];
  readonly uid: number;
  readonly clustered: boolean;
  readonly configMapNames: readonly string[];
  /** Names of the files in them. */
  readonly configFiles: readonly string[];
  /** The part of the configuration that a reload refuses. */
  readonly startupConfig: string;
  readonly passwords: readonly Pick<ServiceLogin, 'variable' | 'password'>[];
  /** Undefined for a server that stands alone. */
  readonly routes: NatsRoutes | undefined;
  readonly resources: ContainerResources;
  readonly priorityClassName?: string | undefined;
  readonly tlsSecret: string | undefined;
  readonly routesTlsSecret: string | undefined;
}

/** The routes of a cluster. */
export interface NatsRoutes {
  /** Password of a server that joins; undefined where mutual TLS alone keeps strangers out. */
  readonly password: KeyRef | undefined;
  /** `host:port` of every server. */
  readonly addresses: readonly string[];
}

/** Variable of the server's pod that holds the password of the routes. */
export const NATS_ROUTE_VARIABLE = 'NATS_ROUTE_PASSWORD';

/** Variable of the server's pod that holds the URL of a server's route, with the password. */
export function natsRouteVariable(ordinal: number): string {
  return `NATS_ROUTE_${ordinal}`;
}

/** Name of the volume that a claim template makes for the file store. */
export const NATS_DATA_VOLUME = 'data';
/** Folder of the certificate for clients. */
export const NATS_TLS_FOLDER = '/etc/nats-tls';
/** Folder of the certificate for routes. */
export const NATS_ROUTES_TLS_FOLDER = '/etc/nats-routes-tls';

const CONFIG_FOLDER = '/etc/nats-config';
const PID_FOLDER = '/var/run/nats';
const SHUTDOWN_OVERHEAD_SECONDS = 30;
/** Share of the memory limit at which Go's collector works harder, so that the kernel need not kill. */
const GO_MEMORY_SHARE = 0.9;
const RELOADER_RESOURCES = { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '50m', memory: '64Mi' } };

/** Ports of the pods and of the headless Service. */
export function natsPorts(clustered: boolean): StorePort[] {
  return [
    { name: 'nats', port: NATS_PORT },
    ...(clustered ? [{ name: 'cluster', port: NATS_ROUTE_PORT }] : []),
    { name: 'monitor', port: NATS_MONITOR_PORT, appProtocol: 'http' },
  ];
}

/** Renders the pod template. A new password variable changes it, and so rolls the servers; other edits are reloaded. */
export function natsPod(props: NatsPodProps): k8s.PodTemplateSpec {
  return {
    metadata: {
      labels: { app: props.name },
      annotations: { [CONFIG_HASH_ANNOTATION]: configHash({ startup: props.startupConfig }) },
    },
    spec: {
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      // the reloader signals the server by its process id
      shareProcessNamespace: true,
      securityContext: restrictedPod({ uid: props.uid }),
      ...(props.imagePullSecrets.length === 0
        ? {}
        : { imagePullSecrets: props.imagePullSecrets.map((name) => ({ name })) }),
      ...(props.priorityClassName === undefined ? {} : { priorityClassName: props.priorityClassName }),
      ...(props.clustered ? { topologySpreadConstraints: [spreadOverNodes(props.name)] } : {}),
      terminationGracePeriodSeconds: LAME_DUCK_SECONDS + SHUTDOWN_OVERHEAD_SECONDS,
      containers: [serverContainer(props), reloaderContainer(props)],
      volumes: [
        { name: 'config', ...configSource(props.configMapNames) },
        { name: 'pid', emptyDir: { sizeLimit: quantity('1Mi') } },
        ...tlsMounts(props).map(({ name, secretName }) => ({ name, secret: { secretName } })),
      ],
    },
  };
}

function serverContainer(props: NatsPodProps): k8s.Container {
  return {
    name: 'nats',
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    args: ['--config', `${CONFIG_FOLDER}/${NATS_CONFIG_FILE}`],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'SERVER_NAME', value: '$(POD_NAME)' },
      {
        name: 'GOMEMLIMIT',
        value: String(Math.floor((bytesOf(props.resources.limits.memory) ?? 0) * GO_MEMORY_SHARE)),
      },
      ...props.passwords.flatMap(({ variable, password }) => quotedPassword(variable, password)),
      ...routesEnv(props.routes),
    ],
    ports: natsPorts(props.clustered).map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    // healthy at start means that JetStream has recovered every stream; later, that the server and JetStream are there
    startupProbe: { ...healthProbe('/healthz'), periodSeconds: 5, failureThreshold: 180 },
    readinessProbe: { ...healthProbe('/healthz?js-enabled-only=true'), periodSeconds: 10, failureThreshold: 3 },
    livenessProbe: { ...healthProbe('/healthz?js-enabled-only=true'), periodSeconds: 30, failureThreshold: 3 },
    // clients are asked to go elsewhere; the server then ignores SIGTERM until they have gone
    lifecycle: { preStop: { exec: { command: ['nats-server', `-sl=ldm=${NATS_PID_FILE}`] } } },
    resources: resourceRequirements(props.resources),
    securityContext: restrictedContainer(),
    volumeMounts: [...sharedMounts(props), { name: NATS_DATA_VOLUME, mountPath: NATS_STORE_FOLDER }],
  };
}

function reloaderContainer(props: NatsPodProps): k8s.Container {
  return {
    name: 'reloader',
    image: props.reloaderImage,
    imagePullPolicy: 'IfNotPresent',
    args: ['-pid', NATS_PID_FILE, ...watched(props).flatMap((file) => ['-config', file])],
    resources: resourceRequirements(RELOADER_RESOURCES),
    securityContext: restrictedContainer(),
    volumeMounts: sharedMounts(props),
  };
}

function sharedMounts(props: NatsPodProps): k8s.VolumeMount[] {
  return [
    { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
    { name: 'pid', mountPath: PID_FOLDER },
    ...tlsMounts(props).map(({ name, folder }) => ({ name, mountPath: folder, readOnly: true })),
  ];
}

/** The files of the configuration; and those of certificates, which are renewed. */
function watched(props: NatsPodProps): string[] {
  return [
    ...props.configFiles.map((file) => `${CONFIG_FOLDER}/${file}`),
    ...tlsMounts(props).flatMap(({ folder }) => [`${folder}/tls.crt`, `${folder}/tls.key`]),
  ];
}

/** The ConfigMaps in one folder, since nats.conf includes its files by their names. */
function configSource(names: readonly string[]): Pick<k8s.Volume, 'configMap' | 'projected'> {
  const [name, ...others] = names;
  if (others.length === 0) return { configMap: { name } };
  return { projected: { sources: names.map((one) => ({ configMap: { name: one } })) } };
}

/**
 * A password as nats.conf can read it. The server parses a variable as configuration, in which `12e5` is a number and stops
 * it; so the password stands within quotes. It may hold no quote and no backslash itself.
 */
function quotedPassword(variable: string, password: KeyRef): k8s.EnvVar[] {
  return [secretVariable(rawVariable(variable), password), quotedVariable(variable, `$(${rawVariable(variable)})`)];
}

/** A password of routes is part of a URL too, so it holds letters, digits, `-` and `_` alone. */
function routesEnv(routes: NatsRoutes | undefined): k8s.EnvVar[] {
  if (routes?.password === undefined) return [];
  const password = `$(${rawVariable(NATS_ROUTE_VARIABLE)})`;
  return [
    ...quotedPassword(NATS_ROUTE_VARIABLE, routes.password),
    ...routes.addresses.map((address, i) =>
      quotedVariable(natsRouteVariable(i), `nats://${NATS_ROUTE_USER}:${password}@${address}`),
    ),
  ];
}

function rawVariable(variable: string): string {
  return `RAW_${variable}`;
}

function secretVariable(name: string, { name: secret, key }: KeyRef): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

function quotedVariable(name: string, value: string): k8s.EnvVar {
  return { name, value: `"${value}"` };
}

function tlsMounts(props: NatsPodProps): { name: string; secretName: string; folder: string }[] {
  return [
    ...(props.tlsSecret === undefined ? [] : [{ name: 'tls', secretName: props.tlsSecret, folder: NATS_TLS_FOLDER }]),
    ...(props.routesTlsSecret === undefined
      ? []
      : [{ name: 'routes-tls', secretName: props.routesTlsSecret, folder: NATS_ROUTES_TLS_FOLDER }]),
  ];
}

function healthProbe(path: string): k8s.Probe {
  return { httpGet: { path, port: intOrString('monitor') }, timeoutSeconds: 5 };
}

function spreadOverNodes(app: string): k8s.TopologySpreadConstraint {
  return {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { app } },
  };
}
