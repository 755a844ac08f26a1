/** Fields that the server does not know, that are missing, or that hold something else than it takes. */
import { nearestName } from '#nearest-name';
import { isMap } from '#prop-shapes';
import type { Cursor } from '../cursor.ts';
import {
  KUBERNETES_VERSION,
  KubernetesFields,
  structBehind,
  structOfKind,
  type KnownField,
} from '../fields/kubernetes-fields.ts';
import { hasIntegers, rangeOf, wordsOf } from '../fields/known-values.ts';
import type { ManifestObject } from '../manifest-set.ts';
import { isUnrendered } from '../unrendered.ts';
import type { CheckRule } from './check-rule.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every such field of the built-in kinds, and of pods in custom resources. */
export function fieldFaults({ set }: CheckInput): readonly ManifestFault[] {
  const known = new KubernetesFields();
  return [
    ...set.objects.flatMap((object) => {
      const struct = structOfKind(object.apiVersion, object.kind);
      return struct === undefined
        ? annotationFaults(object)
        : structFaults({ object, known, above: [] }, object.root, struct);
    }),
    ...set.pods
      .filter(({ object }) => structOfKind(object.apiVersion, object.kind) === undefined)
      .flatMap(({ object, spec }) => structFaults({ object, known, above: [] }, spec, 'PodSpec')),
  ];
}

/** Where the walk through an object is. */
interface Walk {
  readonly object: ManifestObject;
  readonly known: KubernetesFields;
  /** Structs that hold this one, the inmost first, each with the name of the field that led into it. */
  readonly above: readonly { readonly struct: string; readonly field: string }[];
}

function structFaults(walk: Walk, at: Cursor, struct: string): ManifestFault[] {
  const fields = walk.known.of(struct);
  const { value } = at;
  if (fields === undefined || !isMap(value)) return [];
  const faults: ManifestFault[] = [];
  for (const name of Object.keys(value)) {
    const field = fields.get(name);
    const child = value[name];
    if (field === undefined) faults.push(...unknownFault(walk, at.at(name), struct, name));
    // most fields are of their type and take any value
    else if (typeof child === PLAIN[field.shape] && takesAny(struct, name, child)) continue;
    else if (child !== undefined && child !== null) faults.push(...fieldFault(walk, at.at(name), struct, name, field));
  }
  for (const [name, field] of fields) {
    if (!field.required || (value[name] !== undefined && value[name] !== null)) continue;
    if (isJudgedElsewhere(struct, name) || Object.keys(value).some(isToBeFilled)) continue;
    const message = `${name} is missing, but the API server requires it${inField(walk)}: set it`;
    faults.push(fault(walk, at, 'field-missing', message));
  }
  return faults;
}

/** Whether a field takes every value of its type; most do. */
function takesAny(struct: string, name: string, value: unknown): boolean {
  if (typeof value === 'number' && !Number.isInteger(value) && hasIntegers(struct)) return false;
  return wordsOf(struct, name) === undefined && rangeOf(name) === undefined;
}

/** What other rules say better. */
function isJudgedElsewhere(struct: string, name: string): boolean {
  return (
    (name === 'name' && (struct === 'Container' || struct === 'Volume')) ||
    (name === 'selector' && /^(?:Deployment|StatefulSet|DaemonSet|ReplicaSet)Spec$/.test(struct)) ||
    struct === 'networking.v1.HTTPIngressPath'
  );
}

/** A number that the server takes in a field. */
function rangeFault(walk: Walk, at: Cursor, struct: string, name: string): ManifestFault[] {
  const { number = 0 } = at;
  const [least, most] = rangeOf(name) ?? [-Infinity, Infinity];
  const isWhole = Number.isInteger(number) || !hasIntegers(struct);
  if (isWhole && number >= least && number <= most) return [];
  const range = most >= Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  const wanted = isWhole ? range : 'a whole number';
  const message = `${name} is ${number}, must be ${wanted}: correct it`;
  return [fault(walk, at, 'field-value', message)];
}

function fieldFault(walk: Walk, at: Cursor, struct: string, name: string, field: KnownField): ManifestFault[] {
  const words = wordsOf(struct, name);
  const inner = structBehind(field);
  const below: Walk = inner === undefined ? walk : { ...walk, above: [{ struct, field: name }, ...walk.above] };
  if (at.number !== undefined && /^[n*]$/.test(field.shape)) {
    return field.shape === 'n' || rangeOf(name) !== undefined ? rangeFault(walk, at, struct, name) : [];
  }
  return shapeFaults(below, at, name, field.shape, words);
}

function shapeFaults(
  walk: Walk,
  at: Cursor,
  name: string,
  shape: string,
  words: readonly string[] | undefined,
): ManifestFault[] {
  const { value } = at;
  if (shape === '*' || value === null || isTemplate(value)) return [];
  const wanted = SHAPES[/^[[{]/.test(shape) ? shape.charAt(0) : shape] ?? MAP;
  if (!wanted.holds(value)) {
    const message = `${name} is ${written(value)}, must be ${wanted.article}: ${wanted.wayOut}`;
    return [fault(walk, at, 'field-type', message)];
  }
  if (words !== undefined && at.text !== undefined) return wordFaults(walk, at, name, words);
  if (shape.startsWith('[')) {
    return at.items.flatMap((item) =>
      isMissing(item) ? [] : shapeFaults(walk, item, `an item of ${name}`, shape.slice(1), words),
    );
  }
  if (!shape.startsWith('{')) return shape.length > 1 ? structFaults(walk, at, shape) : [];
  // labels are judged by their own rule
  if (LABEL_MAPS.has(name)) return [];
  return at.entries.flatMap(([key, it]) =>
    isMissing(it) ? [] : shapeFaults(walk, it, `${key} in ${name}`, shape.slice(1), undefined),
  );
}

/** Types of JavaScript that shapes stand for. */
const PLAIN: Readonly<Record<string, string | undefined>> = { b: 'boolean', n: 'number', s: 'string' };
const LABEL_MAPS: ReadonlySet<string> = new Set(['labels', 'matchLabels', 'nodeSelector', 'selector']);

function isMissing({ value }: Cursor): boolean {
  return value === undefined || value === null;
}

interface Shape {
  readonly holds: (value: unknown) => boolean;
  readonly article: string;
  readonly wayOut: string;
}

const MAP: Shape = { holds: isMap, article: 'a map', wayOut: 'write its fields below it, without dashes' };
/** Shapes that are no map; a list by its bracket. */
const SHAPES: Readonly<Record<string, Shape | undefined>> = {
  b: { holds: (it) => typeof it === 'boolean', article: 'true or false', wayOut: 'remove the quotes' },
  n: { holds: (it) => typeof it === 'number', article: 'a number', wayOut: 'remove the quotes' },
  s: { holds: (it) => typeof it === 'string', article: 'a string', wayOut: 'quote it' },
  '[': { holds: Array.isArray, article: 'a list', wayOut: 'begin each entry with a dash' },
};

function wordFaults(walk: Walk, at: Cursor, name: string, words: readonly string[]): ManifestFault[] {
  const text = at.text ?? '';
  if (words.includes(text) || text === '' || isToBeFilled(text)) return [];
  const near = nearestName(text, words);
  const hint = near === undefined ? `use ${words.join(', ')}` : `did you mean ${near}`;
  return [fault(walk, at, 'field-value', `${name} is ${JSON.stringify(text)}, which the API server rejects: ${hint}`)];
}

function unknownFault(walk: Walk, at: Cursor, struct: string, name: string): ManifestFault[] {
  // another rule reports an entry of envFrom without its source
  if (isToBeFilled(name) || struct === 'EnvFromSource') return [];
  const hint = unknownHint(walk, struct, name);
  const message = `unknown field ${name}${inField(walk)}, which the API server drops or rejects (Kubernetes ${KUBERNETES_VERSION} has no such field): ${hint}`;
  return [fault(walk, at, 'field-unknown', message)];
}

function unknownHint({ above, known }: Walk, struct: string, name: string): string {
  const near = nearestName(name, known.of(struct)?.keys() ?? []);
  const spelt = near?.toLowerCase() === name.toLowerCase();
  if (near !== undefined && (spelt || name.length > 3)) return `did you mean ${near}`;
  const home = above.findIndex((it) => known.of(it.struct)?.has(name) === true);
  if (home >= 0) return `it belongs beside ${above[home]?.field ?? ''}, further left`;
  const below = pathTo(known, struct, name);
  return below === undefined ? 'remove it' : `did you mean ${below}`;
}

/** The shortest way down from a struct to a field, as people write it. */
function pathTo(known: KubernetesFields, from: string, name: string): string | undefined {
  const seen = new Set([from]);
  let level: readonly { readonly struct: string; readonly path: string }[] = [{ struct: from, path: '' }];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    const next: { readonly struct: string; readonly path: string }[] = [];
    for (const { struct, path } of level) {
      for (const [field, leading] of known.of(struct) ?? []) {
        if (field === name && path !== '') return path + field;
        const inner = structBehind(leading);
        if (inner === undefined || seen.has(inner) || field === 'status') continue;
        seen.add(inner);
        next.push({ struct: inner, path: `${path}${field}${leading.shape.startsWith('[') ? '[]' : ''}.` });
      }
    }
    level = next;
  }
  return undefined;
}

const DEEPEST = 6;

function inField({ above }: Walk): string {
  return above[0] === undefined ? '' : ` in ${above[0].field}`;
}

function fault({ object }: Walk, at: Cursor, rule: CheckRule, message: string): ManifestFault {
  return faultAt(object, at, rule, message);
}

/** Text that a tool still puts in, or that stands for more in an example. */
function isToBeFilled(text: string): boolean {
  return isUnrendered(text) || /\[|^\.\.\.$/.test(text);
}

/** `{{ .Values.name }}` that was not rendered reads as a map in a map. */
function isTemplate(value: unknown): boolean {
  return (
    isMap(value) &&
    Object.keys(value).length === 1 &&
    Object.entries(value).every(([key, it]) => it === null && /^\[object|^\{|\./.test(key))
  );
}

function written(value: unknown): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}

/** Annotations of custom resources, too, hold texts alone. */
function annotationFaults(object: ManifestObject): ManifestFault[] {
  return object.root
    .at('metadata', 'annotations')
    .entries.filter(([, value]) => value.exists && value.text === undefined && !isTemplate(value.value))
    .map(([key, value]) => {
      const message = `${key} in annotations is ${written(value.value)}, must be a string: quote it`;
      return faultAt(object, value, 'field-type', message);
    });
}
