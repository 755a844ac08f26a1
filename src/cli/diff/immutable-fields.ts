/**
 * Fields that the API server refuses to change, by kind: the apply fails, and the object has to be deleted and made anew.
 * From the validation of Kubernetes (pkg/apis/…/validation, the functions Validate…Update).
 */
import { Cursor } from '#manifests';
import type { ManifestObject } from '#manifests';
import { fieldChanges, type FieldChange } from './field-changes.ts';

/** Kinds of whose `spec` only these fields may change; all others may not. */
export const MUTABLE_SPEC: Readonly<Record<string, readonly string[]>> = {
  StatefulSet: [
    'replicas',
    'ordinals',
    'template',
    'updateStrategy',
    'revisionHistoryLimit',
    'persistentVolumeClaimRetentionPolicy',
    'minReadySeconds',
  ],
  PersistentVolumeClaim: ['resources', 'volumeAttributesClassName', 'volumeName'],
};
/** Fields that may not change, by kind. */
export const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  Job: [
    'spec.template',
    'spec.selector',
    'spec.completionMode',
    'spec.podFailurePolicy',
    'spec.successPolicy',
    'spec.backoffLimitPerIndex',
    'spec.managedBy',
  ],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  Secret: ['type'],
  StorageClass: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  IngressClass: ['spec.controller'],
  PriorityClass: ['value', 'preemptionPolicy'],
  RuntimeClass: ['handler'],
};
/** Values that the server puts where none is stated, so that stating them changes nothing. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  'StatefulSet spec.podManagementPolicy': 'OrderedReady',
  'PersistentVolumeClaim spec.volumeMode': 'Filesystem',
  'StorageClass reclaimPolicy': 'Delete',
  'StorageClass volumeBindingMode': 'Immediate',
  'Secret type': 'Opaque',
  'Job spec.completionMode': 'NonIndexed',
  'PriorityClass preemptionPolicy': 'PreemptLowerPriority',
};

/** Changes of an object that the server refuses. */
export function refusedChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const { kind } = after;
  const fields = IMMUTABLE[kind] ?? [];
  return [
    ...fields.flatMap((field) => changesOf(field, before, after)),
    ...specChanges(before, after),
    ...(kind === 'Service' ? clusterAddress(before, after) : []),
    ...(kind === 'ConfigMap' || kind === 'Secret' ? frozenData(before, after) : []),
    ...(kind === 'PersistentVolumeClaim' ? shrunkClaim(before, after) : []),
  ];
}

function specChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const mutable = MUTABLE_SPEC[after.kind];
  if (mutable === undefined) return [];
  const keys = new Set([before, after].flatMap(({ root }) => root.at('spec').entries.map(([key]) => key)));
  return [...keys].filter((key) => !mutable.includes(key)).flatMap((key) => changesOf(`spec.${key}`, before, after));
}

function changesOf(field: string, before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const [old, now] = [before, after].map(({ root, kind }) => at(root, field) ?? DEFAULTS[`${kind} ${field}`]);
  return fieldChanges(old, now, field);
}

/** An address may be given up to another type of Service, but not changed. */
function clusterAddress(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const [old, now] = [before, after].map(({ root }) => at(root, 'spec.clusterIP'));
  if (old === now || (old === undefined && now !== 'None') || (now === undefined && old !== 'None')) return [];
  if ([before, after].some(({ root }) => at(root, 'spec.type') === 'ExternalName')) return [];
  return [{ field: 'spec.clusterIP', before: old, after: now }];
}

function frozenData(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  if (at(before.root, 'immutable') !== true) return [];
  return ['immutable', 'data', 'binaryData', 'stringData'].flatMap((field) => changesOf(field, before, after));
}

function shrunkClaim(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const field = 'spec.resources.requests.storage';
  const [old, now] = [before, after].map(({ root }) => at(root, field));
  const [oldBytes, nowBytes] = [bytesOf(old), bytesOf(now)];
  return oldBytes !== undefined && nowBytes !== undefined && nowBytes < oldBytes
    ? [{ field, before: old, after: now }]
    : [];
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

function bytesOf(value: unknown): number | undefined {
  const [, figure, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(String(value)) ?? [];
  const factor = UNITS[unit];
  return figure === undefined || factor === undefined ? undefined : Number(figure) * factor;
}

function at(root: Cursor, field: string): unknown {
  return root.at(...field.split('.')).value;
}
