/** Fields that the server does not know, or that hold something else than it takes. */
import { nearestName } from '#nearest-name';
import type { Cursor } from '../cursor.ts';
import type { ManifestObject, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import * as shapes from './field-shapes.ts';
import type { FieldShape, Shapes } from './field-shapes.ts';

/** Every such field of the common kinds. */
export function fieldFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [
    ...set.objects.filter(isKnown).flatMap((object) => {
      const known = shapes.SPEC[object.kind];
      return known === undefined ? [] : structFaults(object, object.root.at('spec'), known);
    }),
    ...set.objects.flatMap(textMapFaults),
    ...set.pods.flatMap(podFaults),
  ];
}

/** Custom resources have fields of their own. */
function isKnown({ group }: ManifestObject): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function podFaults(pod: PodTemplate): readonly ManifestFault[] {
  const { object, spec } = pod;
  const security = spec.at('securityContext');
  return [
    ...structFaults(object, spec, shapes.POD_SPEC),
    ...structFaults(object, security, shapes.POD_SECURITY),
    ...pod.containers.flatMap(({ at }) => [
      ...structFaults(object, at, shapes.CONTAINER),
      ...structFaults(object, at.at('securityContext'), shapes.CONTAINER_SECURITY),
      ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
        structFaults(object, at.at(probe), shapes.PROBE),
      ),
      ...at.at('ports').items.flatMap((port) => structFaults(object, port, shapes.CONTAINER_PORT)),
      ...at.at('volumeMounts').items.flatMap((mount) => structFaults(object, mount, shapes.MOUNT)),
      ...['command', 'args'].flatMap((field) => at.at(field).items.flatMap((word) => wordFault(object, word, field))),
    ]),
  ];
}

function structFaults(object: ManifestObject, struct: Cursor, known: Shapes): ManifestFault[] {
  return struct.entries.flatMap(([name, at]) => {
    const shape = known[name];
    if (shape !== undefined) return shapeFault(object, name, at, shape);
    const near = nearestName(
      name,
      Object.keys(known).filter((it) => isSlip(name, it)),
    );
    if (near === undefined) return [];
    const message = `unknown field ${name}, which the API server drops or rejects: did you mean ${near}`;
    return [faultAt(object, at, 'field-unknown', message)];
  });
}

/** Whether a name is likely a slip for another, and not a field that a newer server has. */
function isSlip(name: string, known: string): boolean {
  const [a, b] = [name.toLowerCase(), known.toLowerCase()];
  if (a === b || `${a}s` === b || `${b}s` === a) return true;
  return Math.abs(a.length - b.length) <= 2 && a.slice(0, 2) === b.slice(0, 2) && a.length > 3;
}

function shapeFault(object: ManifestObject, name: string, at: Cursor, shape: FieldShape): ManifestFault[] {
  if (!at.exists || shapeOf(at.value) === shape || isTemplate(at.value)) return [];
  const message = `${name} is ${written(at.value)}, must be ${ARTICLE[shape]}: ${WAY_OUT[shape]}`;
  return [faultAt(object, at, 'field-type', message)];
}

const ARTICLE: Readonly<Record<FieldShape, string>> = {
  boolean: 'true or false',
  list: 'a list',
  map: 'a map',
  number: 'a number',
  text: 'a string',
};
const WAY_OUT: Readonly<Record<FieldShape, string>> = {
  boolean: 'remove the quotes',
  list: 'begin each entry with a dash',
  map: 'write its fields below it, without dashes',
  number: 'remove the quotes',
  text: 'quote it',
};

function shapeOf(value: unknown): FieldShape {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'map';
}

/** `{{ .Values.name }}` that was not rendered reads as a map in a map. */
function isTemplate(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 1 &&
    Object.entries(value).every(([key, it]) => it === null && /^\[object|^\{|\./.test(key))
  );
}

function written(value: unknown): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}

function wordFault(object: ManifestObject, word: Cursor, field: string): ManifestFault[] {
  if (word.text !== undefined || isTemplate(word.value)) return [];
  const message = `an item of ${field} is ${written(word.value)}, must be a string: quote it`;
  return [faultAt(object, word, 'field-type', message)];
}

/** Maps that hold texts alone; a label is judged by itself. */
function textMapFaults(object: ManifestObject): ManifestFault[] {
  const isData = object.group === '' && (object.kind === 'ConfigMap' || object.kind === 'Secret');
  const maps = [
    ...(isData ? ['data', 'stringData', 'binaryData'].map((field) => ({ field, at: object.root.at(field) })) : []),
    { field: 'annotations', at: object.root.at('metadata', 'annotations') },
  ];
  return maps.flatMap(({ field, at }) =>
    at.entries
      .filter(([, value]) => value.exists && value.text === undefined && !isTemplate(value.value))
      .map(([key, value]) => {
        const message = `${key} in ${field} is ${written(value.value)}, must be a string: quote it`;
        return faultAt(object, value, 'field-type', message);
      }),
  );
}
