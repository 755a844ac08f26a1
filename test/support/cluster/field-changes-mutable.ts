/** Changes that an apply may make, of the kinds of which others are refused, and of the kinds that dist holds. */
import { changeOf, untilBound, untilEstablished, type FieldChangeCase } from './field-change-case.ts';
import * as samples from './sample-objects.ts';

/** Stated: what the server has filled in by itself, no apply takes away. */
const ROLLING = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
const ORDERED = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };
const tolerated = (key: string): object => ({ key, operator: 'Exists' });
const newImage = { 'spec.template': samples.podTemplate('registry.example/sample:2') };
const newJob = { template: samples.podTemplate('registry.example/sample:2', { restartPolicy: 'Never' }) };

const workloads = [
  changeOf('replicas', samples.DEPLOYMENT, {}, { 'spec.replicas': 3 }),
  changeOf('template', samples.DEPLOYMENT, {}, newImage),
  changeOf('strategy', samples.DEPLOYMENT, { 'spec.strategy': ROLLING }, { 'spec.strategy': { type: 'Recreate' } }),
  changeOf(
    'strategy of which one figure was stated',
    samples.DEPLOYMENT,
    { 'spec.strategy': { rollingUpdate: { maxSurge: 1 } } },
    { 'spec.strategy': { type: 'Recreate' } },
  ),
  changeOf('strategy back', samples.DEPLOYMENT, { 'spec.strategy': { type: 'Recreate' } }, {}),
  changeOf('strategy', samples.DAEMON_SET, {}, { 'spec.updateStrategy': { type: 'OnDelete' } }),
  changeOf('deadline', samples.DEPLOYMENT, {}, { 'spec.progressDeadlineSeconds': 240, 'spec.minReadySeconds': 5 }),
  changeOf('template', samples.DAEMON_SET, {}, newImage),
  changeOf('template', samples.REPLICA_SET, {}, newImage),
  changeOf('template', samples.STATEFUL_SET, {}, newImage),
  changeOf('replicas', samples.STATEFUL_SET, {}, { 'spec.replicas': 3, 'spec.ordinals': { start: 1 } }),
  changeOf(
    'strategy',
    samples.STATEFUL_SET,
    { 'spec.updateStrategy': ORDERED },
    { 'spec.updateStrategy': { type: 'OnDelete' }, 'spec.minReadySeconds': 5 },
  ),
  changeOf(
    'retention',
    samples.STATEFUL_SET,
    {},
    {
      'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'Retain', whenScaled: 'Delete' },
      'spec.revisionHistoryLimit': 3,
    },
  ),
  changeOf(
    'suspend',
    samples.JOB,
    {},
    { 'spec.suspend': false, 'spec.parallelism': 2, 'spec.activeDeadlineSeconds': 60 },
  ),
  changeOf('backoff', samples.JOB, {}, { 'spec.backoffLimit': 2, 'spec.ttlSecondsAfterFinished': 60 }),
  changeOf('schedule', samples.CRON_JOB, {}, { 'spec.schedule': '0 3 * * *', 'spec.jobTemplate.spec': newJob }),
];
const pods = [
  changeOf('image', samples.POD, {}, { 'spec.containers': [{ name: 'main', image: 'registry.example/sample:2' }] }),
  changeOf('nearer deadline', samples.POD, { 'spec.activeDeadlineSeconds': 120 }, { 'spec.activeDeadlineSeconds': 60 }),
  changeOf('first deadline', samples.POD, {}, { 'spec.activeDeadlineSeconds': 60 }),
  changeOf(
    'one more toleration',
    samples.POD,
    { 'spec.tolerations': [tolerated('a')] },
    { 'spec.tolerations': [tolerated('a'), tolerated('b')] },
  ),
  changeOf(
    'stated defaults',
    samples.POD,
    {},
    {
      'spec.restartPolicy': 'Always',
      'spec.terminationGracePeriodSeconds': 30,
      'spec.dnsPolicy': 'ClusterFirst',
      'spec.schedulerName': 'default-scheduler',
      'spec.serviceAccountName': 'default',
      'spec.enableServiceLinks': true,
    },
  ),
];
const jobs = [
  changeOf('parallelism', samples.JOB, { 'spec.completions': 2 }, { 'spec.completions': 2, 'spec.parallelism': 2 }),
  changeOf(
    'completions of an indexed one with its parallelism',
    samples.JOB,
    { 'spec.completionMode': 'Indexed', 'spec.completions': 2, 'spec.parallelism': 2 },
    { 'spec.completionMode': 'Indexed', 'spec.completions': 3, 'spec.parallelism': 3 },
  ),
  changeOf(
    'place of a suspended one',
    samples.JOB,
    {},
    { 'spec.template': samples.podTemplate(undefined, { restartPolicy: 'Never', nodeSelector: { disk: 'ssd' } }) },
  ),
];
const volumes = [
  changeOf('first node affinity', samples.VOLUME, {}, { 'spec.nodeAffinity': samples.nodesOf('a') }),
  changeOf(
    'all but its source',
    samples.VOLUME,
    {},
    {
      'spec.capacity': { storage: '2Gi' },
      'spec.accessModes': ['ReadWriteMany'],
      'spec.persistentVolumeReclaimPolicy': 'Retain',
      'spec.storageClassName': 'other',
      'spec.mountOptions': ['ro'],
    },
  ),
  changeOf('stated default', samples.VOLUME, {}, { 'spec.volumeMode': 'Filesystem' }),
];
const definitions = [
  changeOf('short name', samples.definition('Shortened'), {}, { 'spec.names.shortNames': ['sh'] }, untilEstablished),
  changeOf(
    'one more version, stored from now on',
    samples.definition('Versioned'),
    {},
    {
      'spec.versions': [
        samples.definitionVersion('v1', { served: true, storage: false }),
        samples.definitionVersion('v2'),
      ],
    },
    untilEstablished,
  ),
];
const stated = [
  changeOf('stated default', samples.STATEFUL_SET, {}, { 'spec.podManagementPolicy': 'OrderedReady' }),
  changeOf('stated default', samples.CLAIM, {}, { 'spec.volumeMode': 'Filesystem' }),
  changeOf('stated default', samples.STORAGE_CLASS, {}, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  changeOf('stated default', samples.SECRET, {}, { type: 'Opaque' }),
  changeOf('stated default', samples.JOB, {}, { 'spec.completionMode': 'NonIndexed' }),
  changeOf('stated default', samples.PRIORITY_CLASS, {}, { preemptionPolicy: 'PreemptLowerPriority' }),
];
const others = [
  changeOf('size', samples.BOUND_CLAIM, {}, { 'spec.resources.requests.storage': '4Gi' }, untilBound),
  changeOf('ports', samples.SERVICE, {}, { 'spec.ports': [{ port: 81 }], 'spec.selector': { app: 'other' } }),
  changeOf('type', samples.SERVICE, {}, { 'spec.type': 'NodePort' }),
  changeOf(
    'to a name',
    samples.SERVICE,
    {},
    { 'spec.type': 'ExternalName', 'spec.externalName': 'a.example', 'spec.ports': undefined },
  ),
  changeOf('address left out', samples.SERVICE, { 'spec.clusterIP': '10.43.7.9' }, {}),
  changeOf('data', samples.CONFIG_MAP, {}, { data: { key: 'other' } }),
  changeOf('frozen', samples.CONFIG_MAP, {}, { immutable: true }),
  changeOf('data', samples.SECRET, {}, { stringData: { key: 'other' } }),
  changeOf(
    'subjects',
    samples.ROLE_BINDING,
    {},
    { subjects: [{ kind: 'ServiceAccount', name: 'other', namespace: 'default' }] },
  ),
  changeOf('expansion', samples.STORAGE_CLASS, {}, { allowVolumeExpansion: true, mountOptions: ['ro'] }),
  changeOf(
    'parameters',
    samples.INGRESS_CLASS,
    {},
    { 'spec.parameters': { apiGroup: 'example.org', kind: 'Edge', name: 'a' } },
  ),
  changeOf('description', samples.PRIORITY_CLASS, {}, { description: 'for all' }),
  changeOf('overhead', samples.RUNTIME_CLASS, {}, { overhead: { podFixed: { cpu: '10m' } } }),
  changeOf('rules', samples.INGRESS, {}, { 'spec.rules': samples.OTHER_RULES, 'spec.ingressClassName': 'other' }),
  changeOf('rules', samples.NETWORK_POLICY, {}, { 'spec.policyTypes': ['Ingress', 'Egress'] }),
  changeOf('selector', samples.DISRUPTION_BUDGET, {}, { 'spec.selector': { matchLabels: { app: 'other' } } }),
  changeOf('target', samples.AUTOSCALER, {}, { 'spec.maxReplicas': 5 }),
];

/** A sample of them. */
export const MUTABLE_CHANGES: readonly FieldChangeCase[] = [
  ...workloads,
  ...pods,
  ...jobs,
  ...volumes,
  ...definitions,
  ...stated,
  ...others,
];
