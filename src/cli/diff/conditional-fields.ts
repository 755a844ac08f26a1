/** Fields that may be changed in some cases and not in others, by kind. */
import { isDeepStrictEqual } from 'node:util';
import { amountOf, type ManifestObject } from '#manifests';
import type { FieldChange } from './field-changes.ts';
import { changesOf, specChanges, valueOf } from './field-value.ts';

type Rule = (before: ManifestObject, after: ManifestObject) => readonly FieldChange[];

const RULES: Readonly<Record<string, Rule>> = {
  Service: serviceFields,
  ConfigMap: frozenData,
  Secret: frozenData,
  PersistentVolumeClaim: claimFields,
  PersistentVolume: movedVolume,
  CustomResourceDefinition: storedVersion,
  Job: jobChanges,
  Pod: podChanges,
};

/** Changes that the server refuses because of what else the object says, or said; both objects as they are stored. */
export function refusedInSomeCase(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  return RULES[after.kind]?.(before, after) ?? [];
}

function serviceFields(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  return [
    ...clusterAddress(before, after),
    ...loadBalancerClass(before, after),
    ...firstFamily(before, after),
    ...healthCheckPort(before, after),
  ];
}

/** Who implements a load balancer is settled when the Service becomes one. */
function loadBalancerClass(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const isBalancer = [before, after].every((object) => valueOf(object, 'spec.type') === 'LoadBalancer');
  return isBalancer ? changesOf('spec.loadBalancerClass', before, after) : [];
}

/** A second address family may come and go, the first may not become another. */
function firstFamily(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const [old, now] = [before, after].map(({ root }) => root.at('spec', 'ipFamilies', 0).text);
  if (old === undefined || now === undefined || old === now || isExternal(before) || isExternal(after)) return [];
  return [{ field: 'spec.ipFamilies[0]', before: old, after: now }];
}

function healthCheckPort(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = 'spec.healthCheckNodePort';
  const local = [before, after].every((object) => valueOf(object, 'spec.externalTrafficPolicy') === 'Local');
  return local && valueOf(before, field) !== undefined ? changesOf(field, before, after) : [];
}

function isExternal(object: ManifestObject): boolean {
  return valueOf(object, 'spec.type') === 'ExternalName';
}

/** An address may be given up to another type of Service, but not changed. What is left out the server keeps. */
function clusterAddress(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = 'spec.clusterIP';
  const [old, now] = [valueOf(before, field), valueOf(after, field)];
  if (old === now || now === undefined || (old === undefined && now !== 'None')) return [];
  if (isExternal(before) || isExternal(after)) return [];
  return [{ field, before: old, after: now }];
}

function frozenData(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  if (valueOf(before, 'immutable') !== true) return [];
  return ['immutable', 'data', 'binaryData'].flatMap((field) => changesOf(field, before, after));
}

/** A claim may grow, and be given a volume, once. */
function claimFields(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const hasVolume = valueOf(before, 'spec.volumeName') !== undefined;
  return [...shrunkClaim(before, after), ...(hasVolume ? changesOf('spec.volumeName', before, after) : [])];
}

function shrunkClaim(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = 'spec.resources.requests.storage';
  const [old, now] = [valueOf(before, field), valueOf(after, field)];
  const [oldAmount, newAmount] = [amountOf(old), amountOf(now)];
  return oldAmount !== undefined && newAmount !== undefined && newAmount < oldAmount
    ? [{ field, before: old, after: now }]
    : [];
}

/** Where a volume lies may be said later, and then no more be changed. */
function movedVolume(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = 'spec.nodeAffinity';
  return valueOf(before, field) === undefined ? [] : changesOf(field, before, after);
}

/** The version in which objects are stored may be another one, but the one before must stay among the versions. */
function storedVersion(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const names = after.root.at('spec', 'versions').items.flatMap((version) => version.at('name').text ?? []);
  return before.root
    .at('spec', 'versions')
    .items.filter((version) => version.at('storage').value === true)
    .flatMap((version) => version.at('name').text ?? [])
    .filter((name) => !names.includes(name))
    .map((name) => ({ field: `spec.versions[${name}]`, before: name, after: undefined }));
}

/** Where a workload says how its pods are replaced. */
const STRATEGIES: Readonly<Record<string, string>> = {
  Deployment: 'spec.strategy',
  StatefulSet: 'spec.updateStrategy',
};

/**
 * A rolling update whose figures were not stated cannot become another strategy, which may have none: the server filled
 * them in, and a server-side apply takes away only what was applied.
 */
export function strategyLeft(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = STRATEGIES[after.kind];
  if (field === undefined || valueOf(after, `${field}.type`) === 'RollingUpdate') return [];
  return valueOf(after, `${field}.rollingUpdate`) === undefined ? [] : changesOf(`${field}.type`, before, after);
}

/** Workloads that hold a pod template, and may change it. */
const TEMPLATES: Readonly<Record<string, string>> = {
  Deployment: 'spec.template.spec',
  StatefulSet: 'spec.template.spec',
  DaemonSet: 'spec.template.spec',
  ReplicaSet: 'spec.template.spec',
  ReplicationController: 'spec.template.spec',
  CronJob: 'spec.jobTemplate.spec.template.spec',
};

/** A volume without a source is an empty folder, which a server-side apply does not take away when it states a source. */
export function volumesLeft(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const template = TEMPLATES[after.kind];
  if (template === undefined) return [];
  const [old, now] = [before, after].map(({ root }) => root.along(`${template}.volumes`.split('.')).items);
  return (now ?? []).flatMap((volume) => {
    const name = volume.at('name').text ?? '';
    if (volume.entries.length <= 2) return [];
    const was = old?.find((it) => it.at('name').text === name)?.value;
    return [{ field: `${template}.volumes[${name}]`, before: was, after: volume.value }];
  });
}

/** A pod template is frozen, apart from where the pods of a suspended Job will run, and what they request. */
function jobChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const suspended = valueOf(before, 'spec.suspend') === true;
  const template = changesOf('spec.template', before, after);
  return [
    ...(suspended ? template.filter((change) => !mayChangeWhileSuspended(change)) : template),
    ...completions(before, after),
  ];
}

const PLACEMENT =
  /^spec\.template\.(metadata\.(labels|annotations)|spec\.(nodeSelector|affinity\.nodeAffinity|tolerations|schedulingGates|(initContainers|containers)\[[^\]]+\]\.resources))(?![\w-])/;

function mayChangeWhileSuspended({ field, before, after }: FieldChange): boolean {
  if (PLACEMENT.test(field)) return true;
  // an affinity that comes or goes, and says nothing of other pods
  const affinity = (before ?? after) as Readonly<Record<string, unknown>>;
  return field === 'spec.template.spec.affinity' && Object.keys(affinity).every((key) => key === 'nodeAffinity');
}

/** The number of an indexed Job may change together with its parallelism, to the same number; others' may not. */
function completions(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const changes = changesOf('spec.completions', before, after);
  const isIndexed = valueOf(before, 'spec.completionMode') === 'Indexed';
  const follows = valueOf(after, 'spec.completions') === valueOf(after, 'spec.parallelism');
  return isIndexed && follows ? [] : changes;
}

/** Of a pod, an apply may change images, add tolerations, and bring its deadline nearer. */
function podChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const changes = specChanges(before, after).filter(
    ({ field }) => !/^spec\.(?:tolerations|schedulingGates)(?![\w-])/.test(field),
  );
  const gates = changesOf('spec.schedulingGates', before, after).filter(({ after: gate }) => gate !== undefined);
  return [...changes.filter((change) => !mayChangeInPod(change)), ...gates, ...tolerationsLost(before, after)];
}

function mayChangeInPod({ field, before, after }: FieldChange): boolean {
  if (field === 'spec.activeDeadlineSeconds') {
    return typeof after === 'number' && (before === undefined || after < Number(before));
  }
  return /^spec\.(initContainers|containers)\[[^\]]+\]\.image$/.test(field);
}

/** More tolerations may come, those that are there must stay; so must those that the server added to a pod that had none of their kind. */
function tolerationsLost(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = 'spec.tolerations';
  const [old, now] = [before, after].map(({ root }) => root.at('spec', 'tolerations').items.map(({ value }) => value));
  const stay = (old ?? []).every((one) => (now ?? []).some((other) => isDeepStrictEqual(one, other)));
  const kept = stay && (old ?? []).some(toleratesAllNodes) === (now ?? []).some(toleratesAllNodes);
  return kept ? [] : [{ field, before: old, after: now }];
}

/** Whether a pod stays on a node that is gone, so that the server adds no such toleration for a time. */
function toleratesAllNodes(toleration: unknown): boolean {
  const { key, operator, effect } = toleration as Readonly<Record<string, unknown>>;
  return key === undefined && operator === 'Exists' && (effect === undefined || effect === 'NoExecute');
}
