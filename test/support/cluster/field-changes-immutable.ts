/** One change of each field that `cdk8s-nats diff` calls immutable. */
import { changeOf, untilBound, untilEstablished, type FieldChangeCase } from './field-change-case.ts';
import * as samples from './sample-objects.ts';

const other = { matchLabels: { app: 'sample', tier: 'other' } };
const otherTemplate = {
  metadata: { labels: other.matchLabels },
  spec: { containers: [{ name: 'main', image: 'a:1' }] },
};
const otherRole = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' };
const failurePolicy = (code: number): object => ({
  rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [code] } }],
});

const selectors = [samples.DEPLOYMENT, samples.DAEMON_SET, samples.REPLICA_SET].map((object) =>
  changeOf('spec.selector.matchLabels.tier', object, {}, { 'spec.selector': other, 'spec.template': otherTemplate }),
);
const jobs = [
  changeOf(
    'spec.template.spec.containers[main].image',
    samples.JOB,
    {},
    { 'spec.template': samples.podTemplate('registry.example/sample:2', { restartPolicy: 'Never' }) },
  ),
  changeOf(
    'spec.completionMode',
    samples.JOB,
    { 'spec.completions': 2 },
    { 'spec.completions': 2, 'spec.completionMode': 'Indexed' },
  ),
  changeOf('spec.completions', samples.JOB, { 'spec.completions': 2 }, { 'spec.completions': 3 }),
  changeOf(
    'spec.completions',
    samples.JOB,
    { 'spec.completionMode': 'Indexed', 'spec.completions': 2, 'spec.parallelism': 2 },
    { 'spec.completionMode': 'Indexed', 'spec.completions': 3, 'spec.parallelism': 2 },
  ),
  changeOf(
    'spec.successPolicy.rules',
    samples.JOB,
    {
      'spec.completionMode': 'Indexed',
      'spec.completions': 2,
      'spec.successPolicy': { rules: [{ succeededCount: 1 }] },
    },
    {
      'spec.completionMode': 'Indexed',
      'spec.completions': 2,
      'spec.successPolicy': { rules: [{ succeededCount: 2 }] },
    },
  ),
  changeOf('spec.managedBy', samples.JOB, {}, { 'spec.managedBy': 'example.org/other' }),
  changeOf(
    'spec.template.spec.nodeSelector',
    samples.JOB,
    { 'spec.suspend': false, 'spec.parallelism': 0 },
    {
      'spec.suspend': false,
      'spec.parallelism': 0,
      'spec.template': samples.podTemplate(undefined, { restartPolicy: 'Never', nodeSelector: { disk: 'ssd' } }),
    },
  ),
  changeOf(
    'spec.podFailurePolicy.rules',
    samples.JOB,
    { 'spec.podFailurePolicy': failurePolicy(1) },
    { 'spec.podFailurePolicy': failurePolicy(2) },
  ),
  changeOf(
    'spec.backoffLimitPerIndex',
    samples.JOB,
    { 'spec.completions': 2, 'spec.completionMode': 'Indexed', 'spec.backoffLimitPerIndex': 1 },
    { 'spec.completions': 2, 'spec.completionMode': 'Indexed', 'spec.backoffLimitPerIndex': 2 },
  ),
  changeOf(
    'spec.selector.matchLabels.tier',
    samples.JOB,
    { 'spec.manualSelector': true, 'spec.selector': { matchLabels: { app: 'sample' } } },
    { 'spec.manualSelector': true, 'spec.selector': other },
  ),
];
const unfinishedStrategies = [
  changeOf('spec.strategy.type', samples.DEPLOYMENT, {}, { 'spec.strategy': { type: 'Recreate' } }),
  changeOf(
    'spec.strategy.type',
    samples.DEPLOYMENT,
    { 'spec.strategy': { type: 'RollingUpdate' } },
    { 'spec.strategy': { type: 'Recreate' } },
  ),
  changeOf('spec.updateStrategy.type', samples.STATEFUL_SET, {}, { 'spec.updateStrategy': { type: 'OnDelete' } }),
];
const pods = [
  changeOf('spec.nodeSelector.none', samples.POD, {}, { 'spec.nodeSelector': { none: 'other' } }),
  changeOf('spec.restartPolicy', samples.POD, {}, { 'spec.restartPolicy': 'Never' }),
  changeOf(
    'spec.containers[main].command',
    samples.POD,
    {},
    { 'spec.containers': [{ name: 'main', image: 'registry.example/sample:1', command: ['sh'] }] },
  ),
  changeOf(
    'spec.containers[other]',
    samples.POD,
    {},
    { 'spec.containers': ['main', 'other'].map((name) => ({ name, image: 'registry.example/sample:1' })) },
  ),
  changeOf(
    'spec.activeDeadlineSeconds',
    samples.POD,
    { 'spec.activeDeadlineSeconds': 60 },
    { 'spec.activeDeadlineSeconds': 120 },
  ),
  changeOf(
    'spec.tolerations',
    samples.POD,
    { 'spec.tolerations': [{ key: 'a', operator: 'Exists' }] },
    { 'spec.tolerations': [{ key: 'b', operator: 'Exists' }] },
  ),
];
const volumes = [
  changeOf('spec.hostPath.path', samples.VOLUME, {}, { 'spec.hostPath': { path: '/other' } }),
  changeOf(
    'spec.hostPath',
    samples.VOLUME,
    {},
    { 'spec.hostPath': undefined, 'spec.nfs': { server: 'nfs.example', path: '/data' } },
  ),
  changeOf('spec.volumeMode', samples.VOLUME, {}, { 'spec.volumeMode': 'Block' }),
  changeOf(
    'spec.nodeAffinity.required.nodeSelectorTerms',
    samples.VOLUME,
    { 'spec.nodeAffinity': samples.nodesOf('a') },
    { 'spec.nodeAffinity': samples.nodesOf('b') },
  ),
];
const definitions = [
  changeOf('spec.scope', samples.definition('Scoped'), {}, { 'spec.scope': 'Cluster' }, untilEstablished),
  changeOf(
    'spec.names.kind',
    samples.definition('Named'),
    {},
    { 'spec.names.kind': 'Other', 'spec.names.listKind': 'OtherList' },
    untilEstablished,
  ),
  changeOf('spec.group', samples.definition('Grouped'), {}, { 'spec.group': 'example.com' }, untilEstablished),
  changeOf(
    'spec.versions[v1]',
    samples.definition('Stored'),
    {},
    { 'spec.versions': [samples.definitionVersion('v2')] },
    untilEstablished,
  ),
];
const statefulSets = [
  changeOf('spec.serviceName', samples.STATEFUL_SET, {}, { 'spec.serviceName': 'other' }),
  changeOf('spec.podManagementPolicy', samples.STATEFUL_SET, {}, { 'spec.podManagementPolicy': 'Parallel' }),
  changeOf(
    'spec.selector.matchLabels.tier',
    samples.STATEFUL_SET,
    {},
    { 'spec.selector': other, 'spec.template': otherTemplate },
  ),
  changeOf(
    'spec.volumeClaimTemplates[data].spec.resources.requests.storage',
    samples.STATEFUL_SET,
    {},
    { 'spec.volumeClaimTemplates': samples.LARGER_CLAIMS },
  ),
];
const claims = [
  changeOf('spec.accessModes', samples.CLAIM, {}, { 'spec.accessModes': ['ReadWriteMany'] }),
  changeOf(
    'spec.storageClassName',
    samples.CLAIM,
    { 'spec.storageClassName': 'one' },
    { 'spec.storageClassName': 'two' },
  ),
  changeOf('spec.volumeMode', samples.CLAIM, {}, { 'spec.volumeMode': 'Block' }),
  changeOf(
    'spec.selector.matchLabels.disk',
    samples.CLAIM,
    { 'spec.selector': { matchLabels: { disk: 'a' } } },
    { 'spec.selector': { matchLabels: { disk: 'b' } } },
  ),
  changeOf(
    'spec.resources.requests.storage',
    samples.BOUND_CLAIM,
    {},
    { 'spec.resources.requests.storage': '1Gi' },
    untilBound,
  ),
];
const frozen = [samples.CONFIG_MAP, samples.SECRET].flatMap((object) => {
  const field = object.kind === 'Secret' ? 'stringData' : 'data';
  return [
    changeOf('data.key', object, { immutable: true }, { immutable: true, [field]: { key: 'other' } }),
    changeOf('immutable', object, { immutable: true }, { immutable: false }),
  ];
});
const others = [
  changeOf('roleRef.name', samples.ROLE_BINDING, {}, { roleRef: otherRole }),
  changeOf('roleRef.name', samples.CLUSTER_ROLE_BINDING, {}, { roleRef: otherRole }),
  changeOf('type', samples.SECRET, { type: 'example.org/one' }, { type: 'example.org/two' }),
  changeOf('spec.clusterIP', samples.SERVICE, {}, { 'spec.clusterIP': 'None' }),
  changeOf('spec.clusterIP', samples.SERVICE, { 'spec.clusterIP': '10.43.7.7' }, { 'spec.clusterIP': '10.43.7.8' }),
  changeOf('spec.controller', samples.INGRESS_CLASS, {}, { 'spec.controller': 'example.org/other' }),
  changeOf('value', samples.PRIORITY_CLASS, {}, { value: 11 }),
  changeOf('preemptionPolicy', samples.PRIORITY_CLASS, {}, { preemptionPolicy: 'Never' }),
  changeOf('handler', samples.RUNTIME_CLASS, {}, { handler: 'other' }),
  changeOf('provisioner', samples.STORAGE_CLASS, {}, { provisioner: 'example.org/other' }),
  changeOf('parameters.speed', samples.STORAGE_CLASS, {}, { parameters: { speed: 'fast' } }),
  changeOf('reclaimPolicy', samples.STORAGE_CLASS, {}, { reclaimPolicy: 'Retain' }),
  changeOf('volumeBindingMode', samples.STORAGE_CLASS, {}, { volumeBindingMode: 'WaitForFirstConsumer' }),
];

/** One change of each. */
export const IMMUTABLE_CHANGES: readonly FieldChangeCase[] = [
  ...selectors,
  ...jobs,
  ...unfinishedStrategies,
  ...pods,
  ...volumes,
  ...definitions,
  ...statefulSets,
  ...claims,
  ...frozen,
  ...others,
];
