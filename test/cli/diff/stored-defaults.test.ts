/** An object and the same as an API server stores it, by the defaults that the documentation of the API states. */
import { describe, expect, it } from 'vitest';
import { differenceOf } from './diffing.ts';

const SERVERS =
  'uid: 3f, resourceVersion: "7", generation: 1, creationTimestamp: "2026-01-01T00:00:00Z", managedFields: [{manager: kubectl}]';
const POD_DEFAULTS =
  'dnsPolicy: ClusterFirst, restartPolicy: Always, securityContext: {}, terminationGracePeriodSeconds: 30, schedulerName: default-scheduler';
const CONTAINER_DEFAULTS =
  'imagePullPolicy: IfNotPresent, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File, resources: {}';

/** A workload with a pod template, before and after it is stored. */
function workload(kind: string, apiVersion: string, spec: string, stored: string): readonly [string, string] {
  const metadata = (more: string): string => `{name: a, labels: {app: a}${more}}`;
  const template = (pod: string, container: string): string =>
    `template: {metadata: {labels: {app: a}}, spec: {${pod}containers: [{name: a, image: 'a:1'${container}}]}}`;
  return [
    `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: ${metadata('')}, spec: {${spec}${template('', ', ports: [{containerPort: 80}], readinessProbe: {httpGet: {port: 80}}')}}}`,
    `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: ${metadata(`, ${SERVERS}`)}, spec: {${spec}${stored}${template(
      `${POD_DEFAULTS}, `,
      `, ${CONTAINER_DEFAULTS}, ports: [{containerPort: 80, protocol: TCP}], readinessProbe: {httpGet: {port: 80, path: /, scheme: HTTP}, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3}`,
    )}}, status: {replicas: 1}}`,
  ];
}

const SELECTOR = 'selector: {matchLabels: {app: a}}, ';
const plain = (head: string, spec: string, stored: string): readonly [string, string] => [
  `{${head}, metadata: {name: a}, ${spec}}`,
  `{${head}, metadata: {name: a, ${SERVERS}}, ${stored}}`,
];

const PAIRS: Readonly<Record<string, readonly [string, string]>> = {
  Deployment: workload(
    'Deployment',
    'apps/v1',
    SELECTOR,
    'replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}}, ',
  ),
  DaemonSet: workload(
    'DaemonSet',
    'apps/v1',
    SELECTOR,
    'revisionHistoryLimit: 10, updateStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}, ',
  ),
  StatefulSet: workload(
    'StatefulSet',
    'apps/v1',
    `${SELECTOR}serviceName: a, `,
    'replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: OrderedReady, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}, persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}, ',
  ),
  'Job with its controller’s labels': [
    "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: 'a:1'}]}}}}",
    `{apiVersion: batch/v1, kind: Job, metadata: {name: a, ${SERVERS}}, spec: {parallelism: 1, completions: 1, backoffLimit: 6, completionMode: NonIndexed, suspend: false, manualSelector: false, podReplacementPolicy: TerminatingOrFailed, selector: {matchLabels: {batch.kubernetes.io/controller-uid: 3f}}, template: {metadata: {labels: {controller-uid: 3f, job-name: a, batch.kubernetes.io/controller-uid: 3f, batch.kubernetes.io/job-name: a}}, spec: {${POD_DEFAULTS.replace('Always', 'Never')}, containers: [{name: a, image: 'a:1', ${CONTAINER_DEFAULTS}}]}}}}`,
  ],
  CronJob: [
    "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: '0 3 * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: 'a:1'}]}}}}}}",
    `{apiVersion: batch/v1, kind: CronJob, metadata: {name: a, ${SERVERS}}, spec: {schedule: '0 3 * * *', concurrencyPolicy: Allow, suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1, jobTemplate: {metadata: {creationTimestamp: null}, spec: {template: {metadata: {creationTimestamp: null}, spec: {${POD_DEFAULTS.replace('Always', 'Never')}, containers: [{name: a, image: 'a:1', ${CONTAINER_DEFAULTS}}]}}}}}}`,
  ],
  Pod: [
    '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: a, resources: {limits: {cpu: 1}}}]}}',
    `{apiVersion: v1, kind: Pod, metadata: {name: a, ${SERVERS}}, spec: {${POD_DEFAULTS}, enableServiceLinks: true, serviceAccountName: default, serviceAccount: default, nodeName: n, priority: 0, preemptionPolicy: PreemptLowerPriority, tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}, {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}], volumes: [{name: kube-api-access-x7k2p, projected: {sources: []}}], containers: [{name: a, image: a, imagePullPolicy: Always, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File, resources: {limits: {cpu: '1'}, requests: {cpu: '1'}}, volumeMounts: [{name: kube-api-access-x7k2p, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}]}]}}`,
  ],
  Service: plain(
    'apiVersion: v1, kind: Service',
    'spec: {selector: {a: b}, ports: [{port: 80}]}',
    'spec: {type: ClusterIP, sessionAffinity: None, clusterIP: 10.0.0.7, clusterIPs: [10.0.0.7], ipFamilies: [IPv4], ipFamilyPolicy: SingleStack, internalTrafficPolicy: Cluster, selector: {a: b}, ports: [{port: 80, targetPort: 80, protocol: TCP}]}, status: {loadBalancer: {}}',
  ),
  'Service of nodes': plain(
    'apiVersion: v1, kind: Service',
    'spec: {type: NodePort, ports: [{port: 80, targetPort: http}]}',
    'spec: {type: NodePort, sessionAffinity: None, clusterIP: 10.0.0.7, clusterIPs: [10.0.0.7], ipFamilies: [IPv4], ipFamilyPolicy: SingleStack, internalTrafficPolicy: Cluster, externalTrafficPolicy: Cluster, ports: [{port: 80, targetPort: http, protocol: TCP, nodePort: 31234}]}',
  ),
  'Service that is headless': plain(
    'apiVersion: v1, kind: Service',
    'spec: {clusterIP: None, ports: [{port: 80}]}',
    'spec: {type: ClusterIP, sessionAffinity: None, clusterIP: None, clusterIPs: [None], ipFamilies: [IPv4], ipFamilyPolicy: SingleStack, internalTrafficPolicy: Cluster, ports: [{port: 80, targetPort: 80, protocol: TCP}]}',
  ),
  PersistentVolumeClaim: plain(
    'apiVersion: v1, kind: PersistentVolumeClaim',
    'spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}',
    'spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, volumeMode: Filesystem, volumeName: pvc-1, storageClassName: standard}',
  ),
  Secret: plain('apiVersion: v1, kind: Secret', 'stringData: {a: x}', 'type: Opaque, data: {a: eA==}'),
  Namespace: [
    '{apiVersion: v1, kind: Namespace, metadata: {name: a}}',
    `{apiVersion: v1, kind: Namespace, metadata: {name: a, ${SERVERS}, labels: {kubernetes.io/metadata.name: a}}, spec: {finalizers: [kubernetes]}, status: {phase: Active}}`,
  ],
  RoleBinding: plain(
    'apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding',
    'roleRef: {kind: Role, name: r}, subjects: [{kind: User, name: u}, {kind: ServiceAccount, name: s, namespace: n}]',
    'roleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}, subjects: [{kind: User, name: u, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: s, namespace: n}]',
  ),
  NetworkPolicy: plain(
    'apiVersion: networking.k8s.io/v1, kind: NetworkPolicy',
    'spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}], egress: []}',
    'spec: {podSelector: {}, ingress: [{ports: [{port: 80, protocol: TCP}]}], policyTypes: [Ingress]}',
  ),
  'HorizontalPodAutoscaler of v1': [
    '{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {maxReplicas: 3, targetCPUUtilizationPercentage: 70, scaleTargetRef: {kind: Deployment, name: a}}}',
    '{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {minReplicas: 1, maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}], scaleTargetRef: {kind: Deployment, name: a}}}',
  ],
  'HorizontalPodAutoscaler with behavior': plain(
    'apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler',
    'spec: {maxReplicas: 3, behavior: {scaleDown: {stabilizationWindowSeconds: 60}}}',
    'spec: {minReplicas: 1, maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}], behavior: {scaleUp: {stabilizationWindowSeconds: 0, selectPolicy: Max, policies: [{type: Pods, value: 4, periodSeconds: 15}, {type: Percent, value: 100, periodSeconds: 15}]}, scaleDown: {stabilizationWindowSeconds: 60, selectPolicy: Max, policies: [{type: Percent, value: 100, periodSeconds: 15}]}}}',
  ),
  StorageClass: plain(
    'apiVersion: storage.k8s.io/v1, kind: StorageClass',
    'provisioner: x',
    'provisioner: x, reclaimPolicy: Delete, volumeBindingMode: Immediate',
  ),
  ValidatingWebhookConfiguration: plain(
    'apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration',
    'webhooks: [{name: a.b.c, sideEffects: None, clientConfig: {service: {name: s, namespace: n}}, rules: [{operations: [CREATE]}]}]',
    "webhooks: [{name: a.b.c, sideEffects: None, clientConfig: {service: {name: s, namespace: n, port: 443}}, rules: [{operations: [CREATE], scope: '*'}], failurePolicy: Fail, matchPolicy: Equivalent, namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10}]",
  ),
  'CSIDriver without a spec': plain(
    'apiVersion: storage.k8s.io/v1, kind: CSIDriver',
    '',
    'spec: {attachRequired: true, podInfoOnMount: false, storageCapacity: false, fsGroupPolicy: ReadWriteOnceWithFSType, volumeLifecycleModes: [Persistent], requiresRepublish: false, seLinuxMount: false}',
  ),
  EndpointSlice: plain(
    'apiVersion: discovery.k8s.io/v1, kind: EndpointSlice',
    'addressType: IPv4, endpoints: [{addresses: [10.0.0.1]}], ports: [{port: 80}]',
    "addressType: IPv4, endpoints: [{addresses: [10.0.0.1], conditions: {}}], ports: [{name: '', port: 80, protocol: TCP}]",
  ),
  IngressClass: plain(
    'apiVersion: networking.k8s.io/v1, kind: IngressClass',
    'spec: {controller: a.b/c, parameters: {kind: P, name: p}}',
    'spec: {controller: a.b/c, parameters: {kind: P, name: p, scope: Cluster}}',
  ),
  'PersistentVolume of another sort': plain(
    'apiVersion: v1, kind: PersistentVolume',
    'spec: {capacity: {storage: 1024Mi}, azureDisk: {diskName: d, diskURI: u}}',
    'spec: {capacity: {storage: 1Gi}, persistentVolumeReclaimPolicy: Retain, volumeMode: Filesystem, azureDisk: {diskName: d, diskURI: u, cachingMode: ReadWrite, fsType: ext4, readOnly: false, kind: Shared}}',
  ),
  PriorityLevelConfiguration: plain(
    'apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: PriorityLevelConfiguration',
    'spec: {type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: 8}}}}',
    'spec: {type: Limited, limited: {nominalConcurrencyShares: 30, lendablePercent: 0, limitResponse: {type: Queue, queuing: {queues: 8, handSize: 8, queueLengthLimit: 50}}}}',
  ),
  ResourceClaimTemplate: plain(
    'apiVersion: resource.k8s.io/v1, kind: ResourceClaimTemplate',
    'spec: {spec: {devices: {requests: [{name: gpu, exactly: {deviceClassName: g}}]}}}',
    'spec: {metadata: {}, spec: {devices: {requests: [{name: gpu, exactly: {deviceClassName: g, allocationMode: ExactCount, count: 1}}]}}}',
  ),
  'Pod on the host network': [
    '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostNetwork: true, containers: [{name: a, image: "a:1", ports: [{containerPort: 80}]}]}}',
    '{apiVersion: v1, kind: Pod, metadata: {name: a, resourceVersion: "1"}, spec: {hostNetwork: true, enableServiceLinks: true, containers: [{name: a, image: "a:1", ports: [{containerPort: 80, hostPort: 80, protocol: TCP}]}]}}',
  ],
  HTTPRoute: plain(
    'apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute',
    'spec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: a, port: 80}]}]}',
    "spec: {parentRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: g}], rules: [{matches: [{path: {type: PathPrefix, value: /}}], backendRefs: [{group: '', kind: Service, name: a, port: 80, weight: 1}]}]}",
  ),
};

describe('diff of an object and what the server stores of it says nothing:', () => {
  it.each(Object.entries(PAIRS))('%s', (_, [written, stored]) => {
    expect(differenceOf(written, stored)).toMatchObject({
      changed: [],
      removed: [],
      added: [],
      loses: [],
      rights: [],
      caveats: [],
    });
    expect(differenceOf(stored, written)).toMatchObject({
      changed: [],
      removed: [],
      added: [],
      loses: [],
      rights: [],
      caveats: [],
    });
  });

  const container = (fields: string): string =>
    `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {${fields.includes('volumes') ? fields : `containers: [{name: a, ${fields}}]`}}}}}`;

  it.each([
    ['cpu', "image: 'a:1', resources: {limits: {cpu: '0.5'}}", "image: 'a:1', resources: {limits: {cpu: 500m}}"],
    [
      'a number of cpus',
      "image: 'a:1', resources: {limits: {cpu: 1}}",
      "image: 'a:1', resources: {limits: {cpu: '1'}}",
    ],
    [
      'memory',
      "image: 'a:1', resources: {limits: {memory: 10240Mi}}",
      "image: 'a:1', resources: {limits: {memory: 10Gi}}",
    ],
    [
      'bytes',
      "image: 'a:1', resources: {limits: {memory: 1073741824}}",
      "image: 'a:1', resources: {limits: {memory: 1Gi}}",
    ],
    [
      'an exponent',
      "image: 'a:1', resources: {limits: {memory: 1e9}}",
      "image: 'a:1', resources: {limits: {memory: 1G}}",
    ],
    ['an empty value', "image: 'a:1', env: [{name: A}]", "image: 'a:1', env: [{name: A, value: ''}]"],
    ['an empty list', "image: 'a:1'", "image: 'a:1', env: [], ports: [], volumeMounts: []"],
    ['a policy by the tag', "image: 'a:1'", "image: 'a:1', imagePullPolicy: IfNotPresent"],
    ['a policy by no tag', 'image: host:5000/a', 'image: host:5000/a, imagePullPolicy: Always'],
    ['a policy by a digest', 'image: a@sha256:00', 'image: a@sha256:00, imagePullPolicy: IfNotPresent'],
    [
      'a field',
      "image: 'a:1', env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
      "image: 'a:1', env: [{name: A, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}}]",
    ],
    [
      'a gRPC probe',
      "image: 'a:1', livenessProbe: {grpc: {port: 1}}",
      "image: 'a:1', livenessProbe: {grpc: {port: 1, service: ''}, initialDelaySeconds: 0, periodSeconds: 10}",
    ],
    [
      'a hook',
      "image: 'a:1', lifecycle: {preStop: {httpGet: {port: 1}}}",
      "image: 'a:1', lifecycle: {preStop: {httpGet: {port: 1, path: /, scheme: HTTP}}}",
    ],
    [
      'modes of volumes',
      'volumes: [{name: a, configMap: {name: c}}, {name: b, secret: {secretName: s}}]',
      'volumes: [{name: a, configMap: {name: c, defaultMode: 420}}, {name: b, secret: {secretName: s, defaultMode: 420}}]',
    ],
    [
      'a token',
      'volumes: [{name: a, projected: {sources: [{serviceAccountToken: {path: t}}]}}]',
      'volumes: [{name: a, projected: {defaultMode: 420, sources: [{serviceAccountToken: {path: t, expirationSeconds: 3600}}]}}]',
    ],
    [
      'a host path',
      'volumes: [{name: a, hostPath: {path: /x}}]',
      "volumes: [{name: a, hostPath: {path: /x, type: ''}}]",
    ],
    ['an empty folder', 'volumes: [{name: a}]', 'volumes: [{name: a, emptyDir: {}}]'],
    [
      'an empty folder whose source is null',
      'volumes: [{name: a, emptyDir: null}]',
      'volumes: [{name: a, emptyDir: {}}]',
    ],
    [
      'an image as a volume',
      "volumes: [{name: a, image: {reference: 'x:1'}}]",
      "volumes: [{name: a, image: {reference: 'x:1', pullPolicy: IfNotPresent}}]",
    ],
    [
      'an amount finer than thousandths',
      "image: 'a:1', resources: {limits: {cpu: '0.0005'}}",
      "image: 'a:1', resources: {limits: {cpu: 1m}}",
    ],
  ])('%s', (_, before, after) => {
    expect(differenceOf(container(before), container(after)).changed).toEqual([]);
  });

  it('but tells what a template has no default for', () => {
    const before = container("image: 'a:1'");
    const after = before.replace('spec: {containers', 'spec: {enableServiceLinks: true, containers');
    expect(differenceOf(before, after).changed[0]?.restarts.map(({ field }) => field)).toEqual([
      'spec.enableServiceLinks',
    ]);
  });

  it('leaves out a default that only follows from a change', () => {
    const [change] = differenceOf(container('image: a'), container("image: 'a:1'")).changed;
    expect(change?.restarts.map(({ field }) => field)).toEqual(['spec.containers[a].image']);
  });

  it('compares custom resources as they are written', () => {
    const widget = (spec: string): string =>
      `{apiVersion: example.dev/v1, kind: Deployment, metadata: {name: a}, spec: {${spec}}}`;
    expect(differenceOf(widget('replicas: 1'), widget('')).changed).toHaveLength(1);
  });
});
