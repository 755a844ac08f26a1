/** Changes that an apply may make, of the kinds of which others are refused, and of the kinds that dist holds. */
import { changeOf, untilBound, type FieldChangeCase } from './field-change-case.ts';
import * as samples from './sample-objects.ts';

/** Stated in full: of a field that the server has filled in itself, nobody may take the rest away by an apply. */
const ROLLING = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
const ORDERED = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };
const newImage = { 'spec.template': samples.podTemplate('registry.example/sample:2') };
const newJob = { template: samples.podTemplate('registry.example/sample:2', { restartPolicy: 'Never' }) };

const workloads = [
  changeOf('replicas', samples.DEPLOYMENT, {}, { 'spec.replicas': 3 }),
  changeOf('template', samples.DEPLOYMENT, {}, newImage),
  changeOf('strategy', samples.DEPLOYMENT, { 'spec.strategy': ROLLING }, { 'spec.strategy': { type: 'Recreate' } }),
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
const stated = [
  changeOf('stated default', samples.STATEFUL_SET, {}, { 'spec.podManagementPolicy': 'OrderedReady' }),
  changeOf('stated default', samples.CLAIM, {}, { 'spec.volumeMode': 'Filesystem' }),
  changeOf('stated default', samples.STORAGE_CLASS, {}, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  changeOf('stated default', samples.SECRET, {}, { type: 'Opaque' }),
  changeOf('stated default', samples.JOB, {}, { 'spec.completionMode': 'NonIndexed' }),
  changeOf('stated default', samples.PRIORITY_CLASS, {}, { preemptionPolicy: 'PreemptLowerPriority' }),
];
const others = [
  changeOf('size', samples.CLAIM, {}, { 'spec.resources.requests.storage': '4Gi' }, untilBound),
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
export const MUTABLE_CHANGES: readonly FieldChangeCase[] = [...workloads, ...stated, ...others];
