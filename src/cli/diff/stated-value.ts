/** What an object says of a field, as the server reads it: where nothing is stated, what the server puts there. */
import type { ManifestObject } from '#manifests';
import { fieldChanges, type FieldChange } from './field-changes.ts';

/** Values that the server puts where none is stated, so that stating them changes nothing. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  'Deployment spec.strategy.type': 'RollingUpdate',
  'StatefulSet spec.updateStrategy.type': 'RollingUpdate',
  'StatefulSet spec.podManagementPolicy': 'OrderedReady',
  'PersistentVolumeClaim spec.volumeMode': 'Filesystem',
  'PersistentVolume spec.volumeMode': 'Filesystem',
  'StorageClass reclaimPolicy': 'Delete',
  'StorageClass volumeBindingMode': 'Immediate',
  'Secret type': 'Opaque',
  'Job spec.completionMode': 'NonIndexed',
  'PriorityClass preemptionPolicy': 'PreemptLowerPriority',
  'Pod spec.restartPolicy': 'Always',
  'Pod spec.terminationGracePeriodSeconds': 30,
  'Pod spec.dnsPolicy': 'ClusterFirst',
  'Pod spec.schedulerName': 'default-scheduler',
  'Pod spec.serviceAccountName': 'default',
  'Pod spec.enableServiceLinks': true,
};

/** What stands at a field, apart from defaults. */
export function statedValue({ root }: ManifestObject, field: string): unknown {
  return root.along(field.split('.')).value;
}

/** What stands at a field once the server has read it. */
export function valueOf(object: ManifestObject, field: string): unknown {
  return statedValue(object, field) ?? DEFAULTS[`${object.kind} ${field}`];
}

/** Changes at a field and below it. */
export function changesOf(field: string, before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  return fieldChanges(valueOf(before, field), valueOf(after, field), field);
}

/** Changes of the parts of `spec`, each part compared by itself. */
export function specChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const keys = new Set([before, after].flatMap(({ root }) => root.at('spec').entries.map(([key]) => key)));
  return [...keys].flatMap((key) => changesOf(`spec.${key}`, before, after));
}
