/** Fields that take one of a few words, by struct and name. Words that newer servers may add are not judged: no such field is here. */
const WORDS: Readonly<Record<string, string>> = {
  'Container.imagePullPolicy': 'Always IfNotPresent Never',
  'Container.terminationMessagePolicy': 'File FallbackToLogsOnError',
  'ContainerPort.protocol': 'TCP UDP SCTP',
  'CronJobSpec.concurrencyPolicy': 'Allow Forbid Replace',
  'DeploymentStrategy.type': 'RollingUpdate Recreate',
  'StatefulSetUpdateStrategy.type': 'RollingUpdate OnDelete',
  'DaemonSetUpdateStrategy.type': 'RollingUpdate OnDelete',
  'StatefulSetSpec.podManagementPolicy': 'OrderedReady Parallel',
  'JobSpec.completionMode': 'Indexed NonIndexed',
  'HTTPGetAction.scheme': 'HTTP HTTPS',
  'LabelSelectorRequirement.operator': 'In NotIn Exists DoesNotExist',
  'NodeSelectorRequirement.operator': 'In NotIn Exists DoesNotExist Gt Lt',
  'PersistentVolumeClaimSpec.accessModes': 'ReadWriteOnce ReadOnlyMany ReadWriteMany ReadWriteOncePod',
  'PersistentVolumeClaimSpec.volumeMode': 'Filesystem Block',
  'PodSpec.dnsPolicy': 'ClusterFirstWithHostNet ClusterFirst Default None',
  'PodSpec.restartPolicy': 'Always OnFailure Never',
  'SeccompProfile.type': 'RuntimeDefault Localhost Unconfined',
  'ServicePort.protocol': 'TCP UDP SCTP',
  'ServiceSpec.externalTrafficPolicy': 'Cluster Local',
  'ServiceSpec.sessionAffinity': 'ClientIP None',
  'ServiceSpec.type': 'ClusterIP NodePort LoadBalancer ExternalName',
  'TopologySpreadConstraint.nodeAffinityPolicy': 'Honor Ignore',
  'TopologySpreadConstraint.nodeTaintsPolicy': 'Honor Ignore',
  'TopologySpreadConstraint.whenUnsatisfiable': 'DoNotSchedule ScheduleAnyway',
  'Toleration.operator': 'Equal Exists Gt Lt',
  'Toleration.effect': 'NoSchedule PreferNoSchedule NoExecute',
  'autoscaling.v2.HPAScalingPolicy.type': 'Pods Percent',
  'autoscaling.v2.HPAScalingRules.selectPolicy': 'Max Min Disabled',
  'autoscaling.v2.MetricSpec.type': 'ContainerResource External Object Pods Resource',
  'autoscaling.v2.MetricTarget.type': 'AverageValue Utilization Value',
  'policy.v1.PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy': 'IfHealthyBudget AlwaysAllow',
  'networking.v1.HTTPIngressPath.pathType': 'Exact Prefix ImplementationSpecific',
  'networking.v1.NetworkPolicyPort.protocol': 'TCP UDP SCTP',
  'networking.v1.NetworkPolicySpec.policyTypes': 'Ingress Egress',
  'rbac.v1.Subject.kind': 'ServiceAccount User Group',
  'rbac.v1.RoleRef.kind': 'Role ClusterRole',
};

/** The words that a field takes; undefined when it takes any text. */
export function wordsOf(struct: string, field: string): readonly string[] | undefined {
  return WORDS[`${struct}.${field}`]?.split(' ');
}

const PORT = [1, 65_535] as const;
const FROM_ZERO = [0, Number.MAX_SAFE_INTEGER] as const;
const FROM_ONE = [1, Number.MAX_SAFE_INTEGER] as const;
/** Numbers of users and groups of Linux. */
const USER = [0, 2 ** 31 - 1] as const;
/** Numbers by the name of their field, which means the same in every struct. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number] | undefined>> = {
  containerPort: PORT,
  endPort: PORT,
  hostPort: PORT,
  port: PORT,
  targetPort: PORT,
  number: PORT,
  averageUtilization: FROM_ONE,
  backoffLimit: FROM_ZERO,
  completions: FROM_ZERO,
  expirationSeconds: [600, 2 ** 32],
  failedJobsHistoryLimit: FROM_ZERO,
  failureThreshold: FROM_ONE,
  fsGroup: USER,
  initialDelaySeconds: FROM_ZERO,
  maxReplicas: FROM_ONE,
  maxSkew: FROM_ONE,
  minDomains: FROM_ONE,
  minReadySeconds: FROM_ZERO,
  minReplicas: FROM_ZERO,
  parallelism: FROM_ZERO,
  periodSeconds: FROM_ONE,
  progressDeadlineSeconds: FROM_ONE,
  replicas: FROM_ZERO,
  revisionHistoryLimit: FROM_ZERO,
  runAsGroup: USER,
  runAsUser: USER,
  stabilizationWindowSeconds: [0, 3600],
  startingDeadlineSeconds: FROM_ZERO,
  successThreshold: FROM_ONE,
  successfulJobsHistoryLimit: FROM_ZERO,
  terminationGracePeriodSeconds: FROM_ZERO,
  timeoutSeconds: FROM_ONE,
  ttlSecondsAfterFinished: FROM_ZERO,
  weight: [1, 100],
};
/** Structs whose numbers may have a fraction; all others are integers. */
const FRACTIONS: ReadonlySet<string> = new Set(['apiextensions.v1.JSONSchemaProps']);

/** Whether the numbers of a struct are integers. */
export function hasIntegers(struct: string): boolean {
  return !FRACTIONS.has(struct);
}

/** The least and the most that a field takes; undefined where that is not known. */
export function rangeOf(field: string): readonly [least: number, most: number] | undefined {
  return RANGES[field];
}
