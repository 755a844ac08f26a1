/**
 * What the fields of common kinds hold. Not a schema: enough to tell a slip of the hand, such as `replicas: "1"`, a list
 * written as a map, or `replica`, from what only a newer server knows.
 */

/** What a field may hold; the server refuses anything else. */
export type FieldShape = 'boolean' | 'list' | 'map' | 'number' | 'text';

/** Fields of one struct with their shapes. */
export type Shapes = Readonly<Record<string, FieldShape>>;

const of = (shape: FieldShape, names: string): Shapes =>
  Object.fromEntries(names.split(' ').map((name) => [name, shape]));

/** Fields of a container. */
export const CONTAINER: Shapes = {
  ...of('list', 'args command env envFrom ports resizePolicy restartPolicyRules volumeDevices volumeMounts'),
  ...of('map', 'lifecycle livenessProbe readinessProbe resources securityContext startupProbe'),
  ...of('text', 'image imagePullPolicy name restartPolicy terminationMessagePath terminationMessagePolicy workingDir'),
  ...of('boolean', 'stdin stdinOnce tty'),
};
/** Fields of a probe. */
export const PROBE: Shapes = {
  ...of('map', 'exec grpc httpGet tcpSocket'),
  ...of(
    'number',
    'failureThreshold initialDelaySeconds periodSeconds successThreshold terminationGracePeriodSeconds timeoutSeconds',
  ),
};
/** Fields of a container's port. */
export const CONTAINER_PORT: Shapes = {
  ...of('number', 'containerPort hostPort'),
  ...of('text', 'hostIP name protocol'),
};
/** Fields of a mount. */
export const MOUNT: Shapes = {
  ...of('text', 'mountPath mountPropagation name recursiveReadOnly subPath subPathExpr'),
  ...of('boolean', 'readOnly'),
};
/** Fields of a container's security context. */
export const CONTAINER_SECURITY: Shapes = {
  ...of('boolean', 'allowPrivilegeEscalation privileged readOnlyRootFilesystem runAsNonRoot'),
  ...of('number', 'runAsGroup runAsUser'),
  ...of('map', 'appArmorProfile capabilities seLinuxOptions seccompProfile windowsOptions'),
  ...of('text', 'procMount'),
};
/** Fields of a pod's security context. */
export const POD_SECURITY: Shapes = {
  ...of('boolean', 'runAsNonRoot'),
  ...of('number', 'fsGroup runAsGroup runAsUser'),
  ...of('list', 'supplementalGroups sysctls'),
  ...of('map', 'appArmorProfile seLinuxOptions seccompProfile windowsOptions'),
  ...of('text', 'fsGroupChangePolicy seLinuxChangePolicy supplementalGroupsPolicy'),
};
/** Fields of a pod's spec. */
export const POD_SPEC: Shapes = {
  ...of(
    'list',
    'containers ephemeralContainers hostAliases imagePullSecrets initContainers readinessGates resourceClaims schedulingGates tolerations topologySpreadConstraints volumes',
  ),
  ...of('map', 'affinity dnsConfig nodeSelector os overhead resources securityContext workloadRef'),
  ...of('number', 'activeDeadlineSeconds priority terminationGracePeriodSeconds'),
  ...of(
    'boolean',
    'automountServiceAccountToken enableServiceLinks hostIPC hostNetwork hostPID hostUsers setHostnameAsFQDN shareProcessNamespace',
  ),
  ...of(
    'text',
    'dnsPolicy hostname hostnameOverride nodeName preemptionPolicy priorityClassName restartPolicy runtimeClassName schedulerName serviceAccount serviceAccountName subdomain',
  ),
};
const WORKLOAD: Shapes = { ...of('number', 'minReadySeconds revisionHistoryLimit'), ...of('map', 'selector template') };

/** Fields of the spec of an object, by kind. */
export const SPEC: Readonly<Record<string, Shapes>> = {
  Deployment: {
    ...WORKLOAD,
    ...of('number', 'progressDeadlineSeconds replicas'),
    ...of('map', 'strategy'),
    ...of('boolean', 'paused'),
  },
  StatefulSet: {
    ...WORKLOAD,
    ...of('number', 'replicas'),
    ...of('map', 'ordinals persistentVolumeClaimRetentionPolicy updateStrategy'),
    ...of('list', 'volumeClaimTemplates'),
    ...of('text', 'podManagementPolicy serviceName'),
  },
  DaemonSet: { ...WORKLOAD, ...of('map', 'updateStrategy') },
  Job: {
    ...of('map', 'podFailurePolicy selector successPolicy template'),
    ...of(
      'number',
      'activeDeadlineSeconds backoffLimit backoffLimitPerIndex completions maxFailedIndexes parallelism ttlSecondsAfterFinished',
    ),
    ...of('boolean', 'manualSelector suspend'),
    ...of('text', 'completionMode managedBy podReplacementPolicy'),
  },
  CronJob: {
    ...of('map', 'jobTemplate'),
    ...of('number', 'failedJobsHistoryLimit startingDeadlineSeconds successfulJobsHistoryLimit'),
    ...of('boolean', 'suspend'),
    ...of('text', 'concurrencyPolicy schedule timeZone'),
  },
  Service: {
    ...of('map', 'selector sessionAffinityConfig'),
    ...of('list', 'clusterIPs externalIPs ipFamilies loadBalancerSourceRanges ports'),
    ...of('boolean', 'allocateLoadBalancerNodePorts publishNotReadyAddresses'),
    ...of('number', 'healthCheckNodePort'),
    ...of(
      'text',
      'clusterIP externalName externalTrafficPolicy internalTrafficPolicy ipFamilyPolicy loadBalancerClass loadBalancerIP sessionAffinity trafficDistribution type',
    ),
  },
  Ingress: { ...of('list', 'rules tls'), ...of('map', 'defaultBackend'), ...of('text', 'ingressClassName') },
  NetworkPolicy: { ...of('list', 'egress ingress policyTypes'), ...of('map', 'podSelector') },
  HorizontalPodAutoscaler: {
    ...of('number', 'maxReplicas minReplicas targetCPUUtilizationPercentage'),
    ...of('map', 'behavior scaleTargetRef'),
    ...of('list', 'metrics'),
    ...of('text', 'selectionStrategy'),
  },
  PersistentVolumeClaim: {
    ...of('list', 'accessModes'),
    ...of('map', 'dataSource dataSourceRef resources selector'),
    ...of('text', 'storageClassName volumeAttributesClassName volumeMode volumeName'),
  },
};
