/** Containers in the pod of a microservice: the service itself, sidecars and init containers. */
import type { k8s } from 'cdk8s-plus-27';
import type { EnvFrom, EnvVariable } from '#env';
import { intOrString } from '../object/kube-objects.ts';
import { resourceRequirements } from '../object/container-resources.ts';
import type { ContainerResources } from '../object/container-resources.ts';
import { resourcesOf } from './resources.ts';
import { TMP_MOUNT } from './volumes.ts';
import { restrictedContainer } from '../object/pod-security.ts';

/** The port that every service listens on. */
export const SERVICE_PORT = 8000;
/** Name of that port in the pod and in the Service. */
export const PORT_NAME = 'http';

const STARTUP_PERIOD_SECONDS = 2;

/** An additional container of the pod: a sidecar or an init container. Set everything else with `patch`. */
export interface ExtraContainer {
  /** Name inside the pod. */
  readonly name: string;
  /** By digest or exact tag. */
  readonly image: string;
  /** @default - the image's own entry point */
  readonly command?: readonly string[];
  /** @default - the image's own arguments */
  readonly args?: readonly string[];
  /**
   * Its own variables; it does not see those of the service.
   * @default []
   */
  readonly env?: readonly EnvVariable[];
  /**
   * Sources of whole sets of variables.
   * @default []
   */
  readonly envFrom?: readonly EnvFrom[];
  /** @default requests 100m and 128Mi, limits 500m and 512Mi */
  readonly resources?: Partial<ContainerResources>;
  /**
   * Volumes of the pod that it mounts, besides /tmp.
   * @default []
   */
  readonly mounts?: readonly {
    readonly volume: string;
    readonly mountPath: string;
    /** @default false */
    readonly readOnly?: boolean;
  }[];
  /**
   * Ports that it listens on.
   * @default []
   */
  readonly ports?: readonly { readonly name: string; readonly port: number }[];
}

/** An entry of `env` in the manifest. */
export type RenderedEnv = readonly k8s.EnvVar[];

/** What the service's own container is made of. */
export interface ServiceContainer {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly env: RenderedEnv;
  readonly envFrom: readonly EnvFrom[];
  readonly resources: Partial<ContainerResources> | undefined;
  readonly mounts: readonly k8s.VolumeMount[];
  readonly startSeconds: number;
}

/** The container of the service itself. */
export function serviceContainer(props: ServiceContainer): k8s.Container {
  return {
    ...base(props),
    ports: [{ name: PORT_NAME, containerPort: SERVICE_PORT, protocol: 'TCP' }],
    startupProbe: {
      ...get('/livez'),
      periodSeconds: STARTUP_PERIOD_SECONDS,
      timeoutSeconds: 3,
      failureThreshold: Math.ceil(props.startSeconds / STARTUP_PERIOD_SECONDS),
    },
    readinessProbe: { ...get('/readyz'), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
    livenessProbe: { ...get('/livez'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    volumeMounts: [...props.mounts],
  };
}

/** A container beside or before the service. */
export function extraContainer(props: ExtraContainer, env: RenderedEnv): k8s.Container {
  const mounts = (props.mounts ?? []).map(({ volume, mountPath, readOnly }) => ({
    name: volume,
    mountPath,
    ...(readOnly === true ? { readOnly } : {}),
  }));
  const ports = (props.ports ?? []).map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' }));
  return {
    ...base({ ...props, env, envFrom: props.envFrom ?? [] }),
    ...(ports.length === 0 ? {} : { ports }),
    volumeMounts: [TMP_MOUNT, ...mounts],
  };
}

type Base = Pick<ExtraContainer, 'name' | 'image' | 'command' | 'args' | 'resources'> & {
  readonly env: RenderedEnv;
  readonly envFrom: readonly EnvFrom[];
};

function base({ name, image, command, args, env, envFrom, resources }: Base): k8s.Container {
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    ...(command === undefined ? {} : { command: [...command] }),
    ...(args === undefined ? {} : { args: [...args] }),
    ...(envFrom.length === 0 ? {} : { envFrom: envFrom.map(envSource) }),
    ...(env.length === 0 ? {} : { env: [...env] }),
    resources: resourceRequirements(resourcesOf(resources)),
    securityContext: restrictedContainer(),
  };
}

function envSource({ kind, name, prefix, optional }: EnvFrom): k8s.EnvFromSource {
  const ref = { name, ...(optional === true ? { optional } : {}) };
  return {
    ...(prefix === undefined ? {} : { prefix }),
    ...(kind === 'secret' ? { secretRef: ref } : { configMapRef: ref }),
  };
}

function get(path: string): k8s.Probe {
  return { httpGet: { path, port: intOrString(PORT_NAME) } };
}
