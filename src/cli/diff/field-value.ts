/** Fields of an object by their path, and how two objects differ there. */
import type { ManifestObject } from '#manifests';
import { fieldChanges, type FieldChange } from './field-changes.ts';

/** What is at a field. */
export function valueOf({ root }: ManifestObject, field: string): unknown {
  return root.along(field.split('.')).value;
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
