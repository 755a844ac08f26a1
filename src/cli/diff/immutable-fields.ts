/**
 * Fields that the API server refuses to change, by kind: the apply fails, and the object must be deleted and recreated.
 * From the validation of Kubernetes (pkg/apis/…/validation, the functions Validate…Update).
 */
import { appliedPair, isBuiltIn, type ManifestObject } from '#manifests';
import { concealed } from './credentials.ts';
import type { FieldChange } from './field-changes.ts';
import { refusedInSomeCase, strategyLeft, volumesLeft } from './conditional-fields.ts';
import { changesOf, specChanges } from './field-value.ts';

/** Kinds of whose `spec` only these fields may change; all others may not. */
const MUTABLE_SPEC: Readonly<Record<string, readonly string[]>> = {
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
  // what is left is the source of the volume
  PersistentVolume: [
    'capacity',
    'accessModes',
    'persistentVolumeReclaimPolicy',
    'claimRef',
    'storageClassName',
    'mountOptions',
    'volumeAttributesClassName',
    'nodeAffinity',
  ],
};
/** Fields that may not change, by kind. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  Job: [
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
  ControllerRevision: ['data'],
  CSIDriver: ['spec.attachRequired', 'spec.volumeLifecycleModes'],
  CSIStorageCapacity: ['nodeTopology', 'storageClassName'],
  EndpointSlice: ['addressType'],
  ResourceQuota: ['spec.scopes'],
  ResourceClaim: ['spec'],
  ResourceClaimTemplate: ['spec'],
  StorageClass: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  VolumeAttributesClass: ['driverName', 'parameters'],
  IngressClass: ['spec.controller'],
  PriorityClass: ['value', 'preemptionPolicy'],
  RuntimeClass: ['handler'],
  CustomResourceDefinition: ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'],
};

/** Changes between two versions of an object that the server refuses. */
export function refusedChanges(stated: ManifestObject, then: ManifestObject): readonly FieldChange[] {
  const [before, after] = appliedPair(stated, then).map(concealed);
  if (before === undefined || after === undefined || !isBuiltIn(after)) return [];
  const mutable = MUTABLE_SPEC[after.kind];
  return [
    ...(IMMUTABLE[after.kind] ?? []).flatMap((field) => changesOf(field, before, after)),
    ...(mutable === undefined ? [] : specChanges(before, after).filter(({ field }) => !mutable.some(isPartOf(field)))),
    ...refusedInSomeCase(before, after),
    ...strategyLeft(before, after),
    ...volumesLeft(before, after),
  ];
}

function isPartOf(field: string): (part: string) => boolean {
  return (part) => new RegExp(`^spec\\.${part}(?![\\w-])`).test(field);
}
