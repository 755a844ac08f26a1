/** What comes of applying one set of objects over another. */
import { kindAndName } from '#manifests';
import type { ManifestObject, ManifestSet } from '#manifests';
import { fieldChanges, type FieldChange } from './field-changes.ts';
import { refusedChanges } from './immutable-fields.ts';
import { environmentChanges, restartReasons } from './restarts.ts';
import { rightsGained } from './rights.ts';

/** An object that is in both sets and differs. */
export interface ChangedObject {
  readonly object: string;
  /** Every field that differs; values of Secrets are hidden. */
  readonly fields: readonly FieldChange[];
  /** Fields that the server refuses to change. */
  readonly refused: readonly FieldChange[];
  /** Why its pods are made anew; empty when they are not. */
  readonly restarts: readonly FieldChange[];
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
}

/** Compares objects by kind, namespace and name. */
export function difference(before: ManifestSet, after: ManifestSet): Difference {
  const [old, now] = [byTitle(before), byTitle(after)];
  const both = [...now].flatMap(([title, object]) => {
    const earlier = old.get(title);
    return earlier === undefined ? [] : [{ title, earlier, object }];
  });
  const removed = [...old].filter(([title]) => !now.has(title));
  return {
    removed: removed.map(([title]) => title),
    added: [...now.keys()].filter((title) => !old.has(title)),
    changed: both.flatMap(({ title, earlier, object }) => changedObject(title, earlier, object)),
    loses: [
      ...removed.flatMap(([title, object]) => lossOf(title, object)),
      ...both.flatMap(({ title, earlier, object }) => claimsLeft(title, earlier, object)),
    ],
    rights: rightsGained(before, after),
  };
}

/** Whether an apply would fail, lose data, leave objects behind, or give rights. */
export function isDangerous({ removed, changed, loses, rights }: Difference): boolean {
  return removed.length + loses.length + rights.length > 0 || changed.some(({ refused }) => refused.length > 0);
}

function byTitle({ objects }: ManifestSet): ReadonlyMap<string, ManifestObject> {
  return new Map(
    objects.map((object) => {
      const title = object.namespace === '' ? kindAndName(object) : `${object.namespace}/${kindAndName(object)}`;
      return [object.group === '' ? title : `${title} (${object.group})`, object];
    }),
  );
}

function changedObject(title: string, before: ManifestObject, after: ManifestObject): ChangedObject[] {
  const fields = fieldChanges(before.root.value, after.root.value);
  if (fields.length === 0) return [];
  const hide = after.kind === 'Secret' ? hidden : (change: FieldChange) => change;
  const restarts = restartReasons(before, after);
  return [
    {
      object: title,
      // variables are told by their values after expansion, where credentials are hidden
      fields: [
        ...fields.filter(({ field }) => !/\.env\b/.test(field)).map(hide),
        ...(restarts.length === 0 ? environmentChanges(before, after) : []),
      ],
      refused: refusedChanges(before, after).map(hide),
      restarts,
    },
  ];
}

function hidden({ field, before, after }: FieldChange): FieldChange {
  // kubectl keeps the whole object in an annotation
  if (!/^(?:data|stringData)\b|last-applied-configuration/.test(field)) return { field, before, after };
  const value = (it: unknown): unknown => (it === undefined ? undefined : '(hidden)');
  return { field, before: value(before), after: value(after) };
}

function lossOf(title: string, { kind, root }: ManifestObject): string[] {
  switch (kind) {
    case 'PersistentVolumeClaim':
      return [`${title}: deleting it deletes its volume, unless the class retains it`];
    case 'Namespace':
      return [`${title}: deleting it deletes everything in it`];
    case 'StatefulSet': {
      const templates = root.at('spec', 'volumeClaimTemplates').items;
      if (templates.length === 0) return [];
      const deletes = root.at('spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted').text === 'Delete';
      return [
        `${title}: ${deletes ? 'deleting it deletes its claims and their data' : 'its claims stay behind with their data'}`,
      ];
    }
    case 'CustomResourceDefinition':
      return [`${title}: deleting it deletes every object of its kind`];
    default:
      return [];
  }
}

/** Claims that a workload no longer uses: what it wrote is no longer there for it. */
function claimsLeft(title: string, before: ManifestObject, after: ManifestObject): string[] {
  const now = claimsOf(after);
  return claimsOf(before)
    .filter((claim) => !now.includes(claim))
    .map((claim) => `${title}: no longer has the data of ${claim}`);
}

function claimsOf({ kind, root }: ManifestObject): readonly string[] {
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) return [];
  const named = root
    .at('spec', 'template', 'spec', 'volumes')
    .items.flatMap((volume) => volume.at('persistentVolumeClaim', 'claimName').text ?? []);
  const templates = root.at('spec', 'volumeClaimTemplates').items.flatMap((it) => it.at('metadata', 'name').text ?? []);
  return [...named.map((name) => `the claim ${name}`), ...templates.map((name) => `its volumeClaimTemplate ${name}`)];
}
