/** How many pods of a microservice there are, and how they are replaced and kept from being evicted together. */
import type { k8s } from 'cdk8s-plus-27';
import type { Fault } from '#env';
import { intOrString } from '../object/kube-objects.ts';
import { autoscalingFaults, fewestScaled } from './autoscaling.ts';
import type { Autoscaling } from './autoscaling.ts';
import { exclusiveVolume } from './volumes.ts';
import type { MicroserviceVolume } from './volumes.ts';

/** A number of pods, or a share of them such as `25%`. */
export type PodCount = number | `${number}%`;

/** How many pods an eviction, such as the drain of a node, may take: exactly one of the two. */
export interface DisruptionBudget {
  /** Most pods that may be away. @default 1, without minAvailable */
  readonly maxUnavailable?: PodCount;
  /** Fewest pods that must stay. @default - by maxUnavailable */
  readonly minAvailable?: PodCount;
  /** Whether pods that are not ready may always be evicted. @default 'IfHealthyBudget' */
  readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow';
}

/** What decides on the number of pods. */
export interface ReplicaProps {
  readonly name: string;
  readonly replicas: number | undefined;
  readonly autoscaling: Autoscaling | undefined;
  readonly disruptionBudget: DisruptionBudget | undefined;
  readonly volumes: readonly MicroserviceVolume[];
}

const POD_COUNT = /^([1-9]\d?|100)%$/;

/** The fewest pods that are meant to run. */
export function fewestReplicas({ replicas, autoscaling }: ReplicaProps): number {
  return autoscaling === undefined ? (replicas ?? 1) : fewestScaled(autoscaling);
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

/** At most one pod is evicted at a time; undefined below two, where it would block every drain of a node or say nothing. */
export function disruptionBudget(props: ReplicaProps): object | undefined {
  if (fewestReplicas(props) < 2) return undefined;
  const { maxUnavailable, minAvailable, ...rest } = props.disruptionBudget ?? {};
  const amount = minAvailable === undefined ? { maxUnavailable: maxUnavailable ?? 1 } : { minAvailable };
  return {
    metadata: { name: props.name, labels: { app: props.name } },
    spec: { ...amount, ...rest, selector: { matchLabels: { app: props.name } } },
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
    ...budgetFaults(props, place),
    ...(exclusive === undefined || mostReplicas(props) < 2
      ? []
      : fault(
          'exclusive-volume',
          `up to ${mostReplicas(props)} replicas share volume ${exclusive.name}, which is ReadWriteOnce: use one replica, or the access mode ReadWriteMany`,
        )),
  ];
}

function budgetFaults(props: ReplicaProps, place: string): Fault[] {
  const { disruptionBudget: budget } = props;
  if (budget === undefined) return [];
  const fault = (message: string): Fault => ({ rule: 'disruption-budget', place, message });
  const { maxUnavailable, minAvailable } = budget;
  const fewest = fewestReplicas(props);
  const wrong = Object.entries({ maxUnavailable, minAvailable }).filter(
    ([, count]) => count !== undefined && !isPodCount(count),
  );
  return [
    ...wrong.map(([name, count]) =>
      fault(
        `disruptionBudget.${name} is ${JSON.stringify(count)}, must be a positive integer or percentage: write it like 1 or '25%'`,
      ),
    ),
    ...(maxUnavailable === undefined || minAvailable === undefined
      ? []
      : [fault('disruptionBudget has maxUnavailable and minAvailable, must have one of them: remove the other')]),
    ...(fewest >= 2
      ? []
      : [
          fault(
            `disruptionBudget is set for ${fewest} replicas, but needs at least 2, because it would block every drain of a node: remove it, or raise the replicas`,
          ),
        ]),
    ...(minAvailable !== undefined && isPodCount(minAvailable) && fewest >= 2 && podsOf(minAvailable, fewest) >= fewest
      ? [
          fault(
            `disruptionBudget.minAvailable is ${minAvailable} of ${fewest} replicas, which blocks every drain of a node: lower it`,
          ),
        ]
      : []),
  ];
}

/** A share is rounded up, as the eviction API does. */
function podsOf(count: PodCount, of: number): number {
  return typeof count === 'number' ? count : Math.ceil((of * Number.parseInt(count, 10)) / 100);
}

function isPodCount(count: PodCount): boolean {
  return typeof count === 'number' ? Number.isInteger(count) && count > 0 : POD_COUNT.test(count);
}
