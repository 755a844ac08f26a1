/** How many pods of a microservice there are, and how they are replaced, spread and kept from being evicted together. */
import type { k8s } from 'cdk8s-plus-27';
import type { Fault } from '#env';
import { intOrString } from '../object/kube-objects.ts';
import type { Autoscaling } from './props.ts';
import { exclusiveVolume } from './volumes.ts';
import type { MicroserviceVolume } from './volumes.ts';

const DEFAULT_MIN_REPLICAS = 2;
const DEFAULT_CPU_PERCENT = 70;

/** What decides on the number of pods. */
export interface ReplicaProps {
  readonly name: string;
  readonly replicas: number | undefined;
  readonly autoscaling: Autoscaling | undefined;
  readonly volumes: readonly MicroserviceVolume[];
}

/** The fewest pods that are meant to run. */
export function fewestReplicas({ replicas, autoscaling }: ReplicaProps): number {
  return autoscaling === undefined ? (replicas ?? 1) : (autoscaling.minReplicas ?? DEFAULT_MIN_REPLICAS);
}

/** The most pods that are meant to run. */
export function mostReplicas(props: ReplicaProps): number {
  return props.autoscaling?.maxReplicas ?? fewestReplicas(props);
}

/** Replicas as the Deployment states them: none where an autoscaler decides. */
export function statedReplicas(props: ReplicaProps): { readonly replicas?: number } {
  return props.autoscaling === undefined ? { replicas: fewestReplicas(props) } : {};
}

/** A new pod before an old one goes; where a volume lets only one pod in, the old one goes first. */
export function deploymentStrategy({ volumes }: ReplicaProps): k8s.DeploymentStrategy {
  if (exclusiveVolume(volumes) !== undefined) return { type: 'Recreate' };
  const [none, one] = [intOrString(0), intOrString(1)];
  return { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: none, maxSurge: one } };
}

/** Spreads two or more pods over nodes, without keeping one from being scheduled. */
export function topologySpread(props: ReplicaProps): {
  readonly topologySpreadConstraints?: k8s.TopologySpreadConstraint[];
} {
  if (mostReplicas(props) < 2) return {};
  const labelSelector = { matchLabels: { app: props.name } };
  const soft = { maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', labelSelector };
  return { topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname', ...soft }] };
}

/** At most one pod is evicted at a time; undefined below two, where it would block every drain of a node or say nothing. */
export function disruptionBudget(props: ReplicaProps): k8s.KubePodDisruptionBudgetProps | undefined {
  if (fewestReplicas(props) < 2) return undefined;
  return {
    metadata: { name: props.name, labels: { app: props.name } },
    spec: { maxUnavailable: intOrString(1), selector: { matchLabels: { app: props.name } } },
  };
}

/** The autoscaler, when asked for. */
export function autoscaler(props: ReplicaProps): k8s.KubeHorizontalPodAutoscalerV2Props | undefined {
  const { name, autoscaling } = props;
  if (autoscaling === undefined) return undefined;
  const { memoryPercent } = autoscaling;
  const cpuPercent = autoscaling.cpuPercent ?? (memoryPercent === undefined ? DEFAULT_CPU_PERCENT : undefined);
  return {
    metadata: { name, labels: { app: name } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: fewestReplicas(props),
      maxReplicas: autoscaling.maxReplicas,
      metrics: [...utilization('cpu', cpuPercent), ...utilization('memory', memoryPercent)],
    },
  };
}

/** What is wrong with the number of pods. */
export function replicaFaults(props: ReplicaProps, place: string): readonly Fault[] {
  const { replicas, autoscaling, volumes } = props;
  const fault = (rule: string, message: string): Fault[] => [{ rule, place, message }];
  const exclusive = exclusiveVolume(volumes);
  return [
    ...(replicas === undefined || (Number.isInteger(replicas) && replicas >= 0)
      ? []
      : fault('replicas', `replicas is ${replicas}, must be a non-negative integer`)),
    ...(replicas === undefined || autoscaling === undefined
      ? []
      : fault(
          'replicas-with-autoscaling',
          `replicas is ${replicas} together with autoscaling, so each apply would reset the scale: omit replicas`,
        )),
    ...(autoscaling === undefined ? [] : autoscalingFaults(autoscaling, place)),
    ...(exclusive === undefined || mostReplicas(props) < 2
      ? []
      : fault(
          'exclusive-volume',
          `up to ${mostReplicas(props)} replicas share volume ${exclusive.name}, which is ReadWriteOnce: use one replica, or the access mode ReadWriteMany`,
        )),
  ];
}

function autoscalingFaults(
  { minReplicas = DEFAULT_MIN_REPLICAS, maxReplicas, ...shares }: Autoscaling,
  place: string,
): Fault[] {
  const fault = (message: string): Fault => ({ rule: 'autoscaling', place, message });
  const rangeIsRight = Number.isInteger(minReplicas) && Number.isInteger(maxReplicas) && minReplicas >= 1;
  const range =
    rangeIsRight && maxReplicas >= minReplicas
      ? []
      : [
          fault(
            `minReplicas is ${minReplicas} and maxReplicas is ${maxReplicas}, must be positive integers, and minReplicas must not exceed maxReplicas: correct them`,
          ),
        ];
  const wrong = [shares.cpuPercent, shares.memoryPercent].filter((it) => it !== undefined && !(it > 0));
  return [
    ...range,
    ...wrong.map((it) =>
      fault(`the autoscaling target is ${it} percent, must be above 0: set a percentage of the request, such as 70`),
    ),
  ];
}

function utilization(name: string, percent: number | undefined): k8s.MetricSpecV2[] {
  if (percent === undefined) return [];
  return [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: percent } } }];
}
