/** How one object differs in two sets: every field, those that are refused, and those for which its pods are replaced. */
import { statedPair, storedPair, type ManifestObject } from '#manifests';
import { concealed } from './credentials.ts';
import { fieldChanges, type FieldChange } from './field-changes.ts';
import { refusedChanges } from './immutable-fields.ts';
import { recreatedBy } from './recreation.ts';
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
  const changes = storedChanges(before, after);
  if (changes.length === 0) return [];
  const [old, now] = storedPair(before, after);
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

/**
 * Fields that differ once both are stored. A default that follows from another field is left out: the server chose it when
 * the object was created, and an apply that does not state it leaves it as it is.
 */
function storedChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const [stored, stated] = [storedPair(before, after), statedPair(before, after)].map(([old, now]) =>
    fieldChanges(concealed(old).root.value, concealed(now).root.value),
  );
  const said = (stated ?? []).map(({ field }) => field);
  return (stored ?? []).filter(({ field }) => said.some((other) => isWithin(field, other) || isWithin(other, field)));
}

function isWithin(field: string, other: string): boolean {
  const whole = other.replace(/ \(order\)$/, '');
  return field.startsWith(whole) && /^(?:$|[.[ ])/.test(field.slice(whole.length));
}
