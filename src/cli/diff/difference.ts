/** What comes of applying one set of objects over another. */
import { kindAndName, storedGroup } from '#manifests';
import type { ManifestObject, ManifestSet } from '#manifests';
import { caveatsOf, withoutEffect } from './caveats.ts';
import { dataLeft, lossOf } from './data-loss.ts';
import type { FieldChange } from './field-changes.ts';
import { objectChange, type ObjectChange } from './object-change.ts';
import { rightsGained } from './rights.ts';

/** An object that is in both sets and differs. */
export interface ChangedObject {
  readonly object: string;
  /** Every field that differs once the server has stored both; credentials are hidden. */
  readonly fields: readonly FieldChange[];
  /** Fields that the server refuses to change. */
  readonly refused: readonly FieldChange[];
  /** Why its pods are replaced; empty when they are not. */
  readonly restarts: readonly FieldChange[];
  /** Why it is created again and not changed, such as a hook; undefined when it is not. */
  readonly recreated?: string;
}

/** Everything that comes of it. */
export interface Difference {
  /** Objects that an apply leaves behind in the cluster: the list to delete. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly changed: readonly ChangedObject[];
  /** What loses data, in words. */
  readonly loses: readonly string[];
  /** Rights that somebody has after it and had not before, in words. */
  readonly rights: readonly string[];
  /** What is accepted and takes another effect than it reads, in words. */
  readonly caveats: readonly string[];
}

/** Compares objects by kind, namespace and name; a kind that moved to another API group stays the same kind. */
export function difference(before: ManifestSet, after: ManifestSet): Difference {
  const [old, now] = [byTitle(before), byTitle(after)];
  const both = [...now].flatMap(([title, object]) => {
    const earlier = old.get(title);
    return earlier === undefined ? [] : [{ title, earlier, object }];
  });
  // what gets a new name each time leaves nothing behind that an apply would know
  const removed = [...old].filter(([title, { name }]) => !now.has(title) && name !== '');
  const changes = both.flatMap(({ title, earlier, object }) => objectChange(title, earlier, object));
  return {
    removed: removed.map(([title]) => title),
    added: [...now.keys()].filter((title) => !old.has(title)),
    changed: changes.map(changedObject),
    loses: [
      ...removed.flatMap(([title, object]) => lossOf(title, object)),
      ...both.flatMap(({ title, earlier, object }) => dataLeft(title, earlier, object)),
    ],
    rights: rightsGained(before, after),
    caveats: [
      ...both.flatMap(({ title, earlier, object }) => withoutEffect(title, earlier, object)),
      ...caveatsOf(changes, after),
    ],
  };
}

/** Whether an apply would fail, lose data, leave objects behind, or give rights. */
export function isDangerous({ removed, changed, loses, rights }: Difference): boolean {
  return removed.length + loses.length + rights.length > 0 || changed.some(({ refused }) => refused.length > 0);
}

function changedObject({ title, fields, refused, restarts, recreated }: ObjectChange): ChangedObject {
  return { object: title, fields, refused, restarts, ...(recreated === undefined ? {} : { recreated }) };
}

function byTitle({ objects }: ManifestSet): ReadonlyMap<string, ManifestObject> {
  return new Map(objects.map((object) => [titleOf(object), object]));
}

function titleOf(object: ManifestObject): string {
  const group = storedGroup(object.group, object.kind);
  const prefix = object.root.at('metadata', 'generateName').text;
  const name = object.name === '' && prefix !== undefined ? `${object.kind}/${prefix}*` : kindAndName(object);
  const title = object.namespace === '' ? name : `${object.namespace}/${name}`;
  return group === '' ? title : `${title} (${group})`;
}
