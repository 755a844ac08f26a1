/** Automatic scaling of the pods: the HorizontalPodAutoscaler, or room for another scaler such as KEDA. */
import type { k8s } from 'cdk8s-plus-27';
import type { Fault } from '#env';

/** Automatic scaling of the replicas. */
export interface Autoscaling {
  /**
   * Who scales. With `external`, another object such as a ScaledObject of KEDA does: there is no
   * HorizontalPodAutoscaler, and the Deployment states no replicas.
   * @default 'HorizontalPodAutoscaler'
   */
  readonly scaler?: 'HorizontalPodAutoscaler' | 'external';
  /** Fewest pods; 0 only for an external scaler. @default 2 */
  readonly minReplicas?: number;
  /** Most pods. */
  readonly maxReplicas: number;
  /** Target share of the requested CPU, in percent. @default 70, unless there is another target */
  readonly cpuPercent?: number;
  /** Target share of the requested memory, in percent. @default - memory is ignored */
  readonly memoryPercent?: number;
  /** Targets besides CPU and memory. @default [] */
  readonly metrics?: readonly ScalingMetric[];
  /** How fast it scales. @default - as the cluster does by default */
  readonly behavior?: {
    /** @default - at most 4 pods or twice as many in 15 s */
    readonly scaleUp?: ScalingRules;
    /** @default - any number after 300 s of a lower load */
    readonly scaleDown?: ScalingRules;
  };
}

/** A metric of an adapter, with its target. */
export type ScalingMetric = ExternalMetric | PodsMetric | ObjectMetric;

/** A metric of something outside the cluster, such as the length of a queue. */
export interface ExternalMetric {
  /** Name of the metric. */
  readonly external: string;
  /** Labels that select the series. @default - all of that name */
  readonly matchLabels?: Readonly<Record<string, string>>;
  /** Target as a quantity: of one pod, or of all together. */
  readonly target: { readonly averageValue: string } | { readonly value: string };
}

/** A metric that every pod has. */
export interface PodsMetric {
  /** Name of the metric. */
  readonly pods: string;
  /** Labels that select the series. @default - all of that name */
  readonly matchLabels?: Readonly<Record<string, string>>;
  /** Target of one pod, as a quantity. */
  readonly target: { readonly averageValue: string };
}

/** A metric of another object, such as the requests of an Ingress. */
export interface ObjectMetric {
  /** Name of the metric. */
  readonly object: string;
  /** The object, in the namespace of the service. */
  readonly describedObject: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** Target as a quantity: of one pod, or of all together. */
  readonly target: { readonly averageValue: string } | { readonly value: string };
}

/** How fast the number of pods changes in one direction. */
export interface ScalingRules {
  /** Seconds of which the most cautious recommendation counts. @default - 0 up, 300 down */
  readonly stabilizationWindowSeconds?: number;
  /** Which of the policies counts. @default 'Max' */
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  /** Most pods, or most percent, that change in a period. @default - as the cluster does by default */
  readonly policies?: readonly {
    readonly type: 'Pods' | 'Percent';
    readonly value: number;
    readonly periodSeconds: number;
  }[];
}

const DEFAULT_MIN_REPLICAS = 2;
const DEFAULT_CPU_PERCENT = 70;
const LONGEST_WINDOW_SECONDS = 3600;
const LONGEST_PERIOD_SECONDS = 1800;

/** The fewest pods that an autoscaler leaves. */
export function fewestScaled({ minReplicas = DEFAULT_MIN_REPLICAS }: Autoscaling): number {
  return minReplicas;
}

/** The HorizontalPodAutoscaler of a Deployment; undefined if another scaler decides. */
export function autoscaler(
  name: string,
  autoscaling: Autoscaling | undefined,
): k8s.KubeHorizontalPodAutoscalerV2Props | undefined {
  if (autoscaling === undefined || autoscaling.scaler === 'external') return undefined;
  const { memoryPercent, metrics = [], behavior } = autoscaling;
  const isTargeted = memoryPercent !== undefined || metrics.length > 0;
  const cpuPercent = autoscaling.cpuPercent ?? (isTargeted ? undefined : DEFAULT_CPU_PERCENT);
  return {
    metadata: { name, labels: { app: name } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: fewestScaled(autoscaling),
      maxReplicas: autoscaling.maxReplicas,
      metrics: [...utilization('cpu', cpuPercent), ...utilization('memory', memoryPercent), ...metrics.map(metricSpec)],
      ...(behavior === undefined ? {} : { behavior: behavior as k8s.HorizontalPodAutoscalerBehaviorV2 }),
    },
  };
}

/** What is wrong with the autoscaling. */
export function autoscalingFaults(autoscaling: Autoscaling, place: string): readonly Fault[] {
  const fault = (message: string): Fault => ({ rule: 'autoscaling', place, message });
  const { maxReplicas, scaler, cpuPercent, memoryPercent, metrics = [], behavior } = autoscaling;
  const minReplicas = fewestScaled(autoscaling);
  const least = scaler === 'external' ? 0 : 1;
  const rangeIsRight = Number.isInteger(minReplicas) && Number.isInteger(maxReplicas) && minReplicas >= least;
  const targets = [cpuPercent, memoryPercent].filter((it) => it !== undefined);
  const own = targets.length + metrics.length + (behavior === undefined ? 0 : 1);
  return [
    ...(rangeIsRight && maxReplicas >= Math.max(minReplicas, 1)
      ? []
      : [
          fault(
            `minReplicas is ${minReplicas} and maxReplicas is ${maxReplicas}, must be positive integers, and minReplicas must not exceed maxReplicas: correct them`,
          ),
        ]),
    ...targets
      .filter((it) => !(it > 0))
      .map((it) =>
        fault(`the autoscaling target is ${it} percent, must be above 0: set a percentage of the request, such as 70`),
      ),
    ...(scaler !== 'external' || own === 0
      ? []
      : [fault('scaler is external, which has its own targets and behavior: remove those of autoscaling')]),
    ...[behavior?.scaleUp, behavior?.scaleDown].flatMap((rules) =>
      rules === undefined ? [] : speedFaults(rules, fault),
    ),
  ];
}

function speedFaults(rules: ScalingRules, fault: (message: string) => Fault): Fault[] {
  const { stabilizationWindowSeconds: window = 0, policies = [] } = rules;
  return [
    ...(Number.isInteger(window) && window >= 0 && window <= LONGEST_WINDOW_SECONDS
      ? []
      : [fault(`stabilizationWindowSeconds is ${window}, must be an integer from 0 to ${LONGEST_WINDOW_SECONDS}`)]),
    ...policies
      .filter(
        ({ value, periodSeconds }) => !(value > 0 && periodSeconds > 0 && periodSeconds <= LONGEST_PERIOD_SECONDS),
      )
      .map(({ value, periodSeconds }) =>
        fault(
          `a policy allows ${value} in ${periodSeconds} s, must be above 0, in 1 to ${LONGEST_PERIOD_SECONDS} s: correct it`,
        ),
      ),
  ];
}

function utilization(name: string, percent: number | undefined): k8s.MetricSpecV2[] {
  if (percent === undefined) return [];
  return [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: percent } } }];
}

function metricSpec(metric: ScalingMetric): k8s.MetricSpecV2 {
  const target = metricTarget(metric.target);
  if ('object' in metric) {
    const { object: name, describedObject } = metric;
    return { type: 'Object', object: { metric: { name }, describedObject, target } };
  }
  const selector = metric.matchLabels === undefined ? {} : { selector: { matchLabels: { ...metric.matchLabels } } };
  if ('pods' in metric) return { type: 'Pods', pods: { metric: { name: metric.pods, ...selector }, target } };
  return { type: 'External', external: { metric: { name: metric.external, ...selector }, target } };
}

function metricTarget(target: ExternalMetric['target']): k8s.MetricTargetV2 {
  const [type, given] =
    'value' in target ? (['Value', { value: target.value }] as const) : (['AverageValue', target] as const);
  return { type, ...given } as unknown as k8s.MetricTargetV2;
}
