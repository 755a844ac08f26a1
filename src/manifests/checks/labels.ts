/** Labels and annotations: keys that Kubernetes takes, and values of labels wherever they are set or selected. */
import type { Cursor } from '../cursor.ts';
import { structOfKind } from '../fields/kubernetes-fields.ts';
import type { ManifestObject } from '../manifest-set.ts';
import { isUnrendered } from '../unrendered.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

const VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/;
const KEY =
  /^(?:(?=[^/]{1,253}\/)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\/)?(?=[^/]{1,63}$)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const LONGEST = 63;

/** Whether a text can be the key of a label. */
export function isLabelKey(text: string): boolean {
  return KEY.test(text);
}

/** Whether a text can be the value of a label. */
export function isLabelValue(text: string): boolean {
  return text.length <= LONGEST && VALUE.test(text);
}

/** Every such fault. */
export function labelFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [
    ...set.objects.flatMap((object) => {
      const places =
        structOfKind(object.apiVersion, object.kind) === undefined ? ownPlaces(object) : placesBelow(object.root);
      return places.flatMap((place) => placeFaults(object, place));
    }),
    ...set.pods
      .filter(({ object }) => structOfKind(object.apiVersion, object.kind) === undefined)
      .flatMap((pod) => placeFaults(pod.object, { at: pod.labelsAt, kind: 'label' })),
  ];
}

/** A map of labels or annotations, or the values of an expression. */
interface Place {
  readonly at: Cursor;
  readonly kind: 'annotation' | 'expression' | 'label';
}

function ownPlaces({ root }: ManifestObject): readonly Place[] {
  return [
    { at: root.at('metadata', 'labels'), kind: 'label' },
    { at: root.at('metadata', 'annotations'), kind: 'annotation' },
  ];
}

/** Fields that hold data of their own, or what a controller reports. */
const OPAQUE: ReadonlySet<string> = new Set(['binaryData', 'data', 'openAPIV3Schema', 'status', 'stringData']);
const LABELS: ReadonlySet<string> = new Set(['labels', 'matchLabels', 'nodeSelector']);

/** All places of a built-in kind, by the names that its fields have. */
function placesBelow(root: Cursor): readonly Place[] {
  const places: Place[] = [];
  // plain values, for most of an object holds neither
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) return;
    const isList = Array.isArray(value);
    for (const [name, child] of Object.entries(value as Readonly<Record<string, unknown>>)) {
      if (typeof child !== 'object' || child === null || (!isList && OPAQUE.has(name))) continue;
      const below = [...path, name];
      if (isList) visit(child, below);
      else if (LABELS.has(name) || (name === 'selector' && isPlain(child)))
        places.push({ at: root.along(below), kind: 'label' });
      else if (name === 'annotations') places.push({ at: root.along(below), kind: 'annotation' });
      else if (name === 'matchExpressions')
        places.push(...root.along(below).items.map((at): Place => ({ at, kind: 'expression' })));
      else visit(child, below);
    }
  };
  visit(root.value, []);
  return places;
}

/** Whether a selector is a map of labels, as that of a Service is. */
function isPlain(selector: object): boolean {
  return Object.values(selector).every((value) => typeof value !== 'object');
}

function placeFaults(object: ManifestObject, { at, kind }: Place): ManifestFault[] {
  if (kind === 'expression') {
    const key = at.at('key').text ?? '';
    return at.at('values').items.flatMap((value) => valueFaults(object, key, value));
  }
  return at.entries.flatMap(([key, value]) => [
    ...keyFaults(object, key, value, kind),
    ...(kind === 'label' ? valueFaults(object, key, value) : []),
  ]);
}

function keyFaults(object: ManifestObject, key: string, at: Cursor, kind: string): ManifestFault[] {
  // the server compares the prefix of an annotation in small letters
  if (KEY.test(kind === 'annotation' ? key.toLowerCase() : key) || isUnrendered(key)) return [];
  const message = `${JSON.stringify(key)} is an invalid ${kind} key, a key is a name of at most 63 letters, digits, dashes, dots and underscores, optionally after a DNS name and one slash: rename it`;
  return [faultAt(object, at, 'label-key', message)];
}

function valueFaults(object: ManifestObject, key: string, at: Cursor): ManifestFault[] {
  if (at.text !== undefined && isLabelValue(at.text)) return [];
  const message = `the label ${key} is ${JSON.stringify(at.value)}, a label is text of at most 63 letters, digits, dashes, dots and underscores: change it, or make it an annotation`;
  return [faultAt(object, at, 'label-value', message)];
}
