/** What belongs to the pod rather than to the service in it: where it may run, how it is labelled, what hooks it has. */
import type { k8s } from 'cdk8s-plus-27';
import type { Fault } from '#env';
import type { Affinity } from './affinity.ts';
import { PORT_NAME } from './probes.ts';

/** Fields of the pod template. */
export interface PodOptions {
  /** Labels that a node must have. @default {} */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Taints of nodes that it tolerates. @default [] */
  readonly tolerations?: readonly Toleration[];
  /** Nodes and pods that it wants to be near or far from. @default - none */
  readonly affinity?: Affinity;
  /**
   * Spreads the pods over zones, racks and the like. From two replicas, they are spread over nodes as well; an entry with
   * the key `kubernetes.io/hostname` replaces that.
   * @default - over nodes only, from two replicas
   */
  readonly topologySpread?: readonly TopologySpread[];
  /** @default - the default priority of the cluster */
  readonly priorityClassName?: string;
  /** Such as `gvisor`. @default - the default runtime of the nodes */
  readonly runtimeClassName?: string;
  /** Labels of the pods besides `app`. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the pods; a change rolls them. @default {} */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Hooks of the service's container. @default - the pause of `preStopSeconds` */
  readonly lifecycle?: {
    /** Right after the start of the container. @default - none */
    readonly postStart?: LifecycleHook;
    /** Before SIGTERM, instead of the pause; it may take `preStopSeconds`. @default - the pause */
    readonly preStop?: LifecycleHook;
  };
}

/** A taint that is tolerated. */
export interface Toleration {
  /** @default - every taint, with the operator Exists */
  readonly key?: string;
  /** @default 'Equal' */
  readonly operator?: 'Equal' | 'Exists';
  /** @default - none, for Exists */
  readonly value?: string;
  /** @default - every effect */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** Seconds that it stays after a NoExecute taint was added. @default - forever */
  readonly tolerationSeconds?: number;
}

/** One spread of the pods over places. */
export interface TopologySpread {
  /** Label of nodes that makes a place, such as `topology.kubernetes.io/zone`. */
  readonly topologyKey: string;
  /** Most pods that one place may have more than another. @default 1 */
  readonly maxSkew?: number;
  /** Whether a pod waits rather than break it. @default 'ScheduleAnyway' */
  readonly whenUnsatisfiable?: 'ScheduleAnyway' | 'DoNotSchedule';
}

/** A hook of a container: a command, or a request to one of its ports. */
export type LifecycleHook =
  | { readonly exec: readonly string[] }
  | {
      readonly httpGet: {
        readonly path: string;
        /** Name of the port. @default 'http' */
        readonly port?: string;
      };
    };

/** A hook as the API has it. */
export interface LifecycleHandler {
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: { readonly path: string; readonly port: string };
  readonly sleep?: { readonly seconds: number };
}

const HOSTNAME = 'kubernetes.io/hostname';

/** Where the pods may run; `spreads` tells whether they are spread over nodes by default. */
export function scheduling(app: string, pod: PodOptions, spreads: boolean): Partial<k8s.PodSpec> {
  const constraints = spreadConstraints(app, pod.topologySpread ?? [], spreads);
  const { nodeSelector, tolerations, affinity, priorityClassName, runtimeClassName } = pod;
  return {
    ...(constraints.length === 0 ? {} : { topologySpreadConstraints: constraints }),
    ...(nodeSelector === undefined ? {} : { nodeSelector: { ...nodeSelector } }),
    ...(tolerations === undefined ? {} : { tolerations: [...tolerations] }),
    ...(affinity === undefined ? {} : { affinity: affinity as k8s.Affinity }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
  };
}

/**
 * Hooks of the service's container. The pause before SIGTERM is the `sleep` action, which the classes of 1.27 do not
 * know.
 */
export function lifecycleOf(
  { lifecycle = {} }: PodOptions,
  preStopSeconds: number,
): Readonly<Record<string, LifecycleHandler>> | undefined {
  const pause = preStopSeconds === 0 ? undefined : { sleep: { seconds: preStopSeconds } };
  const preStop = lifecycle.preStop === undefined ? pause : handler(lifecycle.preStop);
  const postStart = lifecycle.postStart === undefined ? undefined : handler(lifecycle.postStart);
  if (preStop === undefined && postStart === undefined) return undefined;
  return { ...(postStart && { postStart }), ...(preStop && { preStop }) };
}

/** What is wrong with the fields of the pod template; `ports` are the names of the container's ports. */
export function podFaults(pod: PodOptions, ports: readonly string[], place: string): readonly Fault[] {
  const fault = (message: string): Fault => ({ rule: 'pod', place: `${place} pod`, message });
  const { postStart, preStop } = pod.lifecycle ?? {};
  const asked = [postStart, preStop].flatMap((hook) => (hook && 'httpGet' in hook ? (hook.httpGet.port ?? []) : []));
  const skews = (pod.topologySpread ?? []).flatMap(({ maxSkew }) => maxSkew ?? []);
  return [
    ...(pod.labels?.['app'] === undefined
      ? []
      : [fault(`labels.app is ${pod.labels['app']}, but it is the name of the service: remove it, or set name`)]),
    ...asked
      .filter((port) => !ports.includes(port))
      .map((port) => fault(`a hook asks port ${port}, must be a port of the container (${ports.join(', ')})`)),
    ...skews
      .filter((skew) => !(Number.isInteger(skew) && skew > 0))
      .map((skew) => fault(`maxSkew is ${skew}, must be a positive integer`)),
  ];
}

function spreadConstraints(app: string, given: readonly TopologySpread[], spreads: boolean) {
  const overNodes = spreads && !given.some(({ topologyKey }) => topologyKey === HOSTNAME);
  const all: readonly TopologySpread[] = [...(overNodes ? [{ topologyKey: HOSTNAME }] : []), ...given];
  return all.map(({ topologyKey, maxSkew = 1, whenUnsatisfiable = 'ScheduleAnyway' }) => ({
    topologyKey,
    maxSkew,
    whenUnsatisfiable,
    labelSelector: { matchLabels: { app } },
  }));
}

function handler(hook: LifecycleHook): LifecycleHandler {
  if ('exec' in hook) return { exec: { command: hook.exec } };
  return { httpGet: { path: hook.httpGet.path, port: hook.httpGet.port ?? PORT_NAME } };
}
