/** Fields that may be changed in some cases and not in others, by kind. */
import { isDeepStrictEqual } from 'node:util';
import { bytesOf, type ManifestObject } from '#manifests';
import type { FieldChange } from './field-changes.ts';
import { changesOf, specChanges, statedValue, valueOf } from './stated-value.ts';

type Rule = (before: ManifestObject, after: ManifestObject) => readonly FieldChange[];

const RULES: Readonly<Record<string, Rule>> = {
  Service: clusterAddress,
  ConfigMap: frozenData,
  Secret: frozenData,
  PersistentVolumeClaim: shrunkClaim,
  PersistentVolume: movedVolume,
  CustomResourceDefinition: storedVersion,
  Deployment: strategyLeft('spec.strategy'),
  StatefulSet: strategyLeft('spec.updateStrategy'),
  Job: jobChanges,
  Pod: podChanges,
};

/** Changes that the server refuses because of what else the object says, or said. */
export function refusedInSomeCase(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  return RULES[after.kind]?.(before, after) ?? [];
}

/** An address may be given up to another type of Service, but not changed. */
function clusterAddress(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = 'spec.clusterIP';
  const [old, now] = [statedValue(before, field), statedValue(after, field)];
  if (old === now || (old === undefined && now !== 'None') || (now === undefined && old !== 'None')) return [];
  if ([before, after].some((object) => statedValue(object, 'spec.type') === 'ExternalName')) return [];
  return [{ field, before: old, after: now }];
}

function frozenData(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  if (statedValue(before, 'immutable') !== true) return [];
  return ['immutable', 'data', 'binaryData', 'stringData'].flatMap((field) => changesOf(field, before, after));
}

function shrunkClaim(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = 'spec.resources.requests.storage';
  const [old, now] = [statedValue(before, field), statedValue(after, field)];
  const [oldBytes, nowBytes] = [old, now].map((size) => bytesOf(String(size)));
  return oldBytes !== undefined && nowBytes !== undefined && nowBytes < oldBytes
    ? [{ field, before: old, after: now }]
    : [];
}

/** Where a volume lies may be said later, and then no more be changed. */
function movedVolume(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = 'spec.nodeAffinity';
  return statedValue(before, field) === undefined ? [] : changesOf(field, before, after);
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

/**
 * A rolling update whose figures were not stated cannot become another strategy, which may have none: the server filled
 * them in, and a server-side apply takes away only what was applied.
 */
function strategyLeft(field: string): Rule {
  return (before, after) => {
    const [old, now] = [before, after].map((object) => valueOf(object, `${field}.type`));
    if (old !== 'RollingUpdate' || now === 'RollingUpdate') return [];
    const stated = statedValue(before, `${field}.rollingUpdate`) !== undefined;
    return stated ? [] : [{ field: `${field}.type`, before: old, after: now }];
  };
}

/** A pod template is frozen, apart from where the pods of a suspended Job will run. */
function jobChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const suspended = statedValue(before, 'spec.suspend') === true;
  const template = changesOf('spec.template', before, after);
  return [
    ...(suspended ? template.filter(({ field }) => !PLACEMENT.test(field)) : template),
    ...completions(before, after),
  ];
}

const PLACEMENT =
  /^spec\.template\.(metadata\.(labels|annotations)|spec\.(nodeSelector|affinity\.nodeAffinity|tolerations|schedulingGates))(?![\w-])/;

/** The number of an indexed Job may change together with its parallelism, to the same number; others' may not. */
function completions(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const changes = changesOf('spec.completions', before, after);
  const isIndexed = statedValue(before, 'spec.completionMode') === 'Indexed';
  const follows = statedValue(after, 'spec.completions') === statedValue(after, 'spec.parallelism');
  return isIndexed && follows ? [] : changes;
}

/** Of a pod, an apply may change images, add tolerations, and bring its deadline nearer. */
function podChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  return specChanges(before, after).filter((change) => !mayChangeInPod(change));
}

function mayChangeInPod({ field, before, after }: FieldChange): boolean {
  if (field === 'spec.activeDeadlineSeconds') {
    return typeof after === 'number' && (before === undefined || after < Number(before));
  }
  if (field === 'spec.tolerations') {
    const [old, now] = [before, after].map((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []));
    return (old ?? []).every((one) => (now ?? []).some((other) => isDeepStrictEqual(one, other)));
  }
  return /^spec\.(initContainers|containers)\[[^\]]+\]\.image$/.test(field);
}
