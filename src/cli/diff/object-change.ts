/** How one object differs in two sets: every field, those that are refused, and those for which its pods are replaced. */
import { appliedPair, type ManifestObject } from '#manifests';
import { concealed } from './credentials.ts';
import { fieldChanges, type FieldChange } from './field-changes.ts';
import { refusedChanges } from './immutable-fields.ts';
import { recreatedBy } from './recreation.ts';
import { respelledQuantities } from './respelled-quantities.ts';
import { environmentChanges, isEnvironment, restartReasons } from './restarts.ts';
import { summarised } from './schema-summary.ts';

/** An object that is in both sets and differs. */
export interface ObjectChange {
  /** `shop/Deployment/cart (apps)`. */
  readonly title: string;
  /** As it is written. */
  readonly before: ManifestObject;
  readonly after: ManifestObject;
  /** Every field that differs; credentials are hidden. */
  readonly fields: readonly FieldChange[];
  /** Fields that the server refuses to change. */
  readonly refused: readonly FieldChange[];
  /** Why its pods are replaced; empty when they are not. */
  readonly restarts: readonly FieldChange[];
  /** Why it is created again and not changed; undefined when it is not. */
  readonly recreated: string | undefined;
}

/** The change of an object; nothing when the server would store the same. */
export function objectChange(title: string, before: ManifestObject, after: ManifestObject): readonly ObjectChange[] {
  const [old, now] = appliedPair(before, after);
  const changes = [
    ...fieldChanges(concealed(old).root.value, concealed(now).root.value),
    ...respelledQuantities(before, after),
  ];
  if (changes.length === 0) return [];
  const recreated = recreatedBy(after);
  const restarts = recreated === undefined ? restartReasons(old, now, changes) : [];
  return [
    {
      title,
      before,
      after,
      fields: [
        ...summarised(changes.filter((change) => !isEnvironment(change))),
        ...(restarts.length === 0 ? environmentChanges(old, now) : []),
      ],
      refused: recreated === undefined ? refusedChanges(before, after) : [],
      restarts,
      recreated,
    },
  ];
}
