/** Containers in the pod of a microservice: the service itself, sidecars and init containers. */
import type { k8s } from 'cdk8s-plus-27';
import type { EnvEntry, EnvFrom, EnvVariable } from '#env';
import { resourceRequirements } from '../object/container-resources.ts';
import type { ContainerResources } from '../object/container-resources.ts';
import { restrictedContainer } from '../object/pod-security.ts';
import { containerPorts } from './ports.ts';
import type { ExtraPort } from './ports.ts';
import { PORT_NAME, probesOf } from './probes.ts';
import type { ProbeChoice } from './probes.ts';
import { resourcesOf } from './resources.ts';
import { TMP_MOUNT } from './volumes.ts';

/** The port that every service listens on. */
export const SERVICE_PORT = 8000;

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
  readonly env?: readonly (EnvVariable | EnvEntry)[];
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
  readonly ports?: readonly ExtraPort[];
}

/** A container that completes before the service starts, or a native sidecar that starts before it. */
export interface InitContainer extends ExtraContainer {
  /** `Always` for a native sidecar, which runs as long as the pod does (Kubernetes 1.29). @default - completes first */
  readonly restartPolicy?: 'Always';
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
  readonly ports: readonly ExtraPort[];
  readonly probes: ProbeChoice;
  readonly listens: boolean;
  readonly startSeconds: number;
}

/** The container of the service itself. */
export function serviceContainer(props: ServiceContainer): k8s.Container {
  const ports = [...(props.listens ? [{ name: PORT_NAME, port: SERVICE_PORT }] : []), ...props.ports];
  return {
    ...base(props),
    ...(ports.length === 0 ? {} : { ports: containerPorts(ports) }),
    ...probesOf(props.probes, props.startSeconds),
    volumeMounts: [...props.mounts],
  };
}

/** A container beside or before the service. */
export function extraContainer(props: InitContainer, env: RenderedEnv): k8s.Container {
  const mounts = (props.mounts ?? []).map(({ volume, mountPath, readOnly }) => ({
    name: volume,
    mountPath,
    ...(readOnly === true ? { readOnly } : {}),
  }));
  const { ports = [], restartPolicy } = props;
  return {
    ...base({ ...props, env, envFrom: props.envFrom ?? [] }),
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
    ...(ports.length === 0 ? {} : { ports: containerPorts(ports) }),
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
