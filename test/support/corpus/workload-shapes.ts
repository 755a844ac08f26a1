/** Workloads, and what scales and guards them, in the ways in which people write them. */
import { sample, type WrittenObject } from '../cluster/sample-objects.ts';
import { podChoices } from './pod-choices.ts';
import type { Choice, Shape } from './shape.ts';

const labels = { app: 'a' };
const pod = (rest: object = {}): object => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: 'registry.example/a:1' }], ...rest },
});
const NOWHERE = { nodeSelector: { none: 'such' } };

/** An object of a name. */
export function named(apiVersion: string, kind: string, rest: Readonly<Record<string, unknown>>): Shape['object'] {
  return (name): WrittenObject => ({ ...sample(apiVersion, kind, rest), metadata: { name } });
}

/** Ways to say one field. */
export function field(path: string, ...values: readonly unknown[]): Choice {
  return [{}, ...values.map((value) => ({ [path]: value }))];
}

/** What is said in the metadata of anything. */
export const METADATA: readonly Choice[] = [
  [
    {},
    { 'metadata.labels': {} },
    { 'metadata.labels': { app: 'a', 'app.kubernetes.io/version': '1' } },
    { 'metadata.labels': { app: 'a', 'app.kubernetes.io/version': '2', empty: '' } },
  ],
  [
    {},
    { 'metadata.annotations': {} },
    { 'metadata.annotations': null },
    { 'metadata.annotations': { 'example.org/note': 'a', 'example.org/empty': '' } },
    { 'metadata.annotations': { 'example.org/note': 'b' } },
  ],
  [{}, { 'metadata.creationTimestamp': null }],
];
const TEMPLATE_METADATA: readonly Choice[] = [
  [
    {},
    { 'spec.template.metadata.annotations': {} },
    { 'spec.template.metadata.annotations': { 'prometheus.io/scrape': 'true' } },
    { 'spec.template.metadata.creationTimestamp': null },
    { 'spec.template.metadata.labels': { app: 'a', version: 'v1' } },
    { 'spec.template.metadata.name': 'a' },
  ],
];
const common = (at = 'spec.template.spec'): readonly Choice[] => [...METADATA, ...podChoices(at)];
const selector = { matchLabels: labels };
const strategy = (at: string, ...values: readonly unknown[]): Choice => field(at, ...values);
const claim = (rest: object, storage: unknown = '1Gi'): object => ({
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  ...rest,
});
const claimSpec = (rest: object, storage: unknown = '1Gi'): object =>
  claim({ spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...rest } });

const once = { spec: { template: pod({ restartPolicy: 'Never', ...NOWHERE }) } };
const failurePolicy = { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }] };
const JOB_CHOICES: readonly Choice[] = [
  field('spec.backoffLimit', 6, 0, 3),
  field('spec.ttlSecondsAfterFinished', 0, 100),
  field('spec.activeDeadlineSeconds', 60, 600),
  [
    {},
    { 'spec.completions': 1 },
    { 'spec.parallelism': 1 },
    { 'spec.parallelism': 2 },
    { 'spec.completions': 2 },
    { 'spec.completions': 2, 'spec.parallelism': 2 },
    { 'spec.completions': 2, 'spec.completionMode': 'Indexed' },
    { 'spec.completions': 2, 'spec.completionMode': 'Indexed', 'spec.backoffLimitPerIndex': 1 },
    { 'spec.completions': 2, 'spec.completionMode': 'NonIndexed' },
  ],
  field('spec.suspend', false, true),
  field('spec.podFailurePolicy', failurePolicy, {
    rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }],
  }),
  field('spec.manualSelector', false),
];

const WORKLOADS: readonly Shape[] = [
  {
    title: 'Deployment',
    object: named('apps/v1', 'Deployment', { spec: { selector, template: pod(NOWHERE) } }),
    choices: [
      ...common(),
      ...TEMPLATE_METADATA,
      field('spec.replicas', 1, 0, 2),
      strategy(
        'spec.strategy',
        {},
        { type: 'RollingUpdate' },
        { type: 'RollingUpdate', rollingUpdate: {} },
        { rollingUpdate: { maxSurge: 1 } },
        { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        { type: 'Recreate' },
        { type: 'Recreate', rollingUpdate: null },
      ),
      field('spec.minReadySeconds', 0, 10),
      field('spec.paused', false, true),
      field('spec.revisionHistoryLimit', 10, 0, 3),
      field('spec.progressDeadlineSeconds', 600, 60),
      field(
        'spec.selector',
        { matchLabels: labels, matchExpressions: [] },
        { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'In', values: ['a'] }] },
        { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
      ),
    ],
  },
  {
    title: 'StatefulSet',
    object: named('apps/v1', 'StatefulSet', { spec: { selector, serviceName: 's', template: pod(NOWHERE) } }),
    choices: [
      ...common(),
      ...TEMPLATE_METADATA,
      field('spec.replicas', 1, 0, 3),
      field('spec.serviceName', '', 'other'),
      field('spec.podManagementPolicy', 'OrderedReady', 'Parallel'),
      strategy(
        'spec.updateStrategy',
        {},
        { type: 'RollingUpdate' },
        { type: 'RollingUpdate', rollingUpdate: {} },
        { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
        { rollingUpdate: { partition: 0 } },
        { type: 'OnDelete' },
      ),
      field('spec.revisionHistoryLimit', 10, 2),
      field('spec.minReadySeconds', 0, 5),
      field('spec.ordinals', { start: 0 }, { start: 1 }, {}),
      field(
        'spec.persistentVolumeClaimRetentionPolicy',
        {},
        { whenDeleted: 'Retain' },
        { whenDeleted: 'Delete', whenScaled: 'Retain' },
      ),
      field(
        'spec.volumeClaimTemplates',
        [],
        [claim({})],
        [claim({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' })],
        [claim({ status: {} })],
        [claimSpec({}, '1024Mi')],
        [claimSpec({ volumeMode: 'Filesystem' })],
        [claimSpec({ storageClassName: '' })],
        [claimSpec({ storageClassName: 'fast' })],
        [claimSpec({}, '2Gi')],
        [claim({ metadata: { name: 'data', labels: { app: 'a' }, annotations: {}, creationTimestamp: null } })],
        [claim({}), claim({ metadata: { name: 'logs' } })],
      ),
    ],
  },
  {
    title: 'DaemonSet',
    object: named('apps/v1', 'DaemonSet', { spec: { selector, template: pod(NOWHERE) } }),
    choices: [
      ...common(),
      ...TEMPLATE_METADATA,
      strategy(
        'spec.updateStrategy',
        {},
        { type: 'RollingUpdate' },
        { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
        { rollingUpdate: { maxUnavailable: '10%' } },
        { type: 'OnDelete' },
      ),
      field('spec.revisionHistoryLimit', 10, 5),
      field('spec.minReadySeconds', 0, 5),
    ],
  },
  {
    title: 'ReplicaSet',
    object: named('apps/v1', 'ReplicaSet', { spec: { replicas: 0, selector, template: pod(NOWHERE) } }),
    choices: [...common().slice(0, 8), field('spec.replicas', 1, null), field('spec.minReadySeconds', 0, 1)],
  },
  {
    title: 'ReplicationController',
    object: named('v1', 'ReplicationController', { spec: { replicas: 0, selector: labels, template: pod(NOWHERE) } }),
    choices: [
      ...common().slice(0, 8),
      [
        {},
        { 'spec.selector': undefined },
        { 'metadata.labels': labels },
        { 'spec.selector': { ...labels, v: '1' }, 'spec.template.metadata.labels': { ...labels, v: '1' } },
      ],
      field('spec.replicas', 1, null),
    ],
  },
  {
    title: 'Job',
    object: named('batch/v1', 'Job', once),
    choices: [
      ...common(),
      ...JOB_CHOICES,
      field(
        'spec.template.metadata',
        {},
        { name: 'a' },
        { labels: { app: 'a', job: 'b' } },
        { annotations: { a: 'b' } },
      ),
      field('spec.template.spec.restartPolicy', 'OnFailure'),
    ],
  },
  {
    title: 'suspended Job',
    object: named('batch/v1', 'Job', { spec: { ...once.spec, suspend: true } }),
    choices: [...common(), ...JOB_CHOICES.slice(0, 4)],
  },
  {
    title: 'CronJob',
    object: named('batch/v1', 'CronJob', { spec: { schedule: '0 3 1 1 *', jobTemplate: once } }),
    choices: [
      ...common('spec.jobTemplate.spec.template.spec'),
      field('spec.schedule', '*/5 * 1 1 *', '@yearly'),
      field('spec.timeZone', 'Etc/UTC', 'Europe/Berlin'),
      field('spec.concurrencyPolicy', 'Allow', 'Forbid', ''),
      field('spec.suspend', false, true),
      field('spec.successfulJobsHistoryLimit', 3, 0, 1),
      field('spec.failedJobsHistoryLimit', 1, 0),
      field('spec.startingDeadlineSeconds', 0, 100),
      field('spec.jobTemplate.metadata', {}, { labels: { a: 'b' } }, { creationTimestamp: null }),
      ...JOB_CHOICES.slice(0, 6).map((choice) =>
        choice.map((way) =>
          Object.fromEntries(
            Object.entries(way).map(([path, value]) => [path.replace(/^spec/, 'spec.jobTemplate.spec'), value]),
          ),
        ),
      ),
    ],
  },
  {
    title: 'Pod',
    object: named('v1', 'Pod', { spec: { containers: [{ name: 'main', image: 'registry.example/a:1' }], ...NOWHERE } }),
    choices: [
      ...METADATA,
      ...podChoices('spec', false).filter((choice) => !choice.some((way) => 'spec.nodeSelector' in way)),
      field('spec.restartPolicy', 'Always', 'Never', ''),
      field('spec.activeDeadlineSeconds', 600, 60),
      field('spec.schedulingGates', [], [{ name: 'example.org/gate' }]),
      field('spec.serviceAccountName', 'default', ''),
    ],
  },
  {
    title: 'PodTemplate',
    object: named('v1', 'PodTemplate', { template: pod() }),
    choices: [...METADATA, ...podChoices('template.spec').slice(0, 10)],
  },
];

const metric = (target: object): object => ({ type: 'Resource', resource: { name: 'cpu', target } });
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nobody' };
const SCALING: readonly Shape[] = [
  {
    title: 'HorizontalPodAutoscaler',
    object: named('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { maxReplicas: 3, scaleTargetRef } }),
    choices: [
      ...METADATA,
      field('spec.minReplicas', 1, 2),
      field('spec.maxReplicas', 5),
      field(
        'spec.metrics',
        [],
        [metric({ type: 'Utilization', averageUtilization: 80 })],
        [metric({ type: 'Utilization', averageUtilization: 60 })],
        [metric({ type: 'AverageValue', averageValue: '0.5' })],
        [metric({ type: 'AverageValue', averageValue: '500m' })],
        [metric({ type: 'AverageValue', averageValue: '500m' }), metric({ type: 'AverageValue', averageValue: '1' })],
        [
          {
            type: 'Pods',
            pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '1k' } },
          },
        ],
        [
          {
            type: 'External',
            external: {
              metric: { name: 'queue', selector: { matchLabels: { q: 'a' } } },
              target: { type: 'Value', value: 1000 },
            },
          },
        ],
      ),
      field(
        'spec.behavior',
        {},
        { scaleDown: { stabilizationWindowSeconds: 300 } },
        { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
        { scaleDown: { selectPolicy: 'Disabled' } },
        { scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { selectPolicy: 'Max' } },
      ),
    ],
  },
  {
    title: 'HorizontalPodAutoscaler v1',
    object: named('autoscaling/v1', 'HorizontalPodAutoscaler', { spec: { maxReplicas: 3, scaleTargetRef } }),
    choices: [field('spec.targetCPUUtilizationPercentage', 80, 50), field('spec.minReplicas', 1, 2)],
  },
  {
    title: 'PodDisruptionBudget',
    object: named('policy/v1', 'PodDisruptionBudget', { spec: { selector } }),
    choices: [
      ...METADATA,
      [
        {},
        { 'spec.minAvailable': 1 },
        { 'spec.minAvailable': '50%' },
        { 'spec.maxUnavailable': 1 },
        { 'spec.minAvailable': 0 },
      ],
      field('spec.unhealthyPodEvictionPolicy', 'AlwaysAllow', 'IfHealthyBudget'),
      field('spec.selector', {}, { matchLabels: { app: 'b' } }, { matchLabels: labels, matchExpressions: [] }),
    ],
  },
];

/** All of them. */
export const WORKLOAD_SHAPES: readonly Shape[] = [...WORKLOADS, ...SCALING];
