/** One change of each field that `cdk8s-nats diff` calls immutable. */
import { changeOf, untilBound, type FieldChangeCase } from './field-change-case.ts';
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
    'spec.volumeClaimTemplates',
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
    samples.CLAIM,
    {},
    { 'spec.resources.requests.storage': '1Gi' },
    untilBound,
  ),
];
const frozen = [samples.CONFIG_MAP, samples.SECRET].flatMap((object) => {
  const field = object.kind === 'Secret' ? 'stringData' : 'data';
  return [
    changeOf(`${field}.key`, object, { immutable: true }, { immutable: true, [field]: { key: 'other' } }),
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
  ...statefulSets,
  ...claims,
  ...frozen,
  ...others,
];
