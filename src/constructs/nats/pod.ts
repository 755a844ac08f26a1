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
  NATS_ROUTE_PORT,
  NATS_STORE_FOLDER,
} from './config.ts';
import { restrictedContainer, restrictedPod } from '../object/pod-security.ts';
import { loginEnv, type ServiceLogin } from '../store/service-login.ts';
import type { StorePort } from '../store/services.ts';

/** What the pod is made from. */
export interface NatsPodProps {
  readonly name: string;
  readonly image: string;
  readonly reloaderImage: string;
  readonly imagePullSecrets: readonly string[];
  readonly uid: number;
  readonly clustered: boolean;
  readonly configMapName: string;
  /** The part of the configuration that a reload refuses. */
  readonly startupConfig: string;
  readonly passwords: readonly Pick<ServiceLogin, 'variable' | 'password'>[];
  readonly resources: ContainerResources;
  readonly tlsSecret: string | undefined;
  readonly routesTlsSecret: string | undefined;
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
      ...(props.clustered ? { topologySpreadConstraints: [spreadOverNodes(props.name)] } : {}),
      terminationGracePeriodSeconds: LAME_DUCK_SECONDS + SHUTDOWN_OVERHEAD_SECONDS,
      containers: [serverContainer(props), reloaderContainer(props)],
      volumes: [
        { name: 'config', configMap: { name: props.configMapName } },
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
    args: ['--config', `${CONFIG_FOLDER}/nats.conf`],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'SERVER_NAME', value: '$(POD_NAME)' },
      {
        name: 'GOMEMLIMIT',
        value: String(Math.floor((bytesOf(props.resources.limits.memory) ?? 0) * GO_MEMORY_SHARE)),
      },
      ...loginEnv(props.passwords),
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
    args: ['-pid', NATS_PID_FILE, '-config', `${CONFIG_FOLDER}/nats.conf`, ...certificateArgs(props)],
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

/** A renewed certificate is reloaded like an edited configuration. */
function certificateArgs(props: NatsPodProps): string[] {
  return tlsMounts(props).flatMap(({ folder }) => ['-config', `${folder}/tls.crt`, '-config', `${folder}/tls.key`]);
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
