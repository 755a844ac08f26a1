/**
 * What a change of a JSON Schema means for those who read what was written by the other version. Readers drop properties that
 * they do not know, as the envelope's reader does.
 */
import { isMap } from '#prop-shapes';

type Json = Readonly<Record<string, unknown>>;

/** A change at one place of a schema. */
export interface PayloadChange {
  /** Such as `data.items[].price`. */
  readonly path: string;
  /** What has changed, without the path. */
  readonly change: string;
  /** Readers of before may refuse what is written now. */
  readonly breaksOldReaders: boolean;
  /** Readers of now may refuse what was written before, such as what a stream still holds. */
  readonly breaksNewReaders: boolean;
}

const SMALLEST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const LARGEST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
/** Compared as a whole: which values they admit is not worked out. */
const OPAQUE = ['anyOf', 'oneOf', 'allOf', 'not', 'pattern', 'format', '$ref', '$defs', 'prefixItems', 'multipleOf'];

/** All changes between two versions of a schema. */
export function payloadChanges(before: Json, after: Json, path = ''): readonly PayloadChange[] {
  const typed = typeChange(before, after, path);
  if (typed.length > 0) return typed;
  return [
    ...allowedValueChanges(before, after, path),
    ...limitChanges(before, after, path),
    ...OPAQUE.filter((key) => text(before[key]) !== text(after[key])).map((key) =>
      changeAt(path, `${key} changes`, { old: true, new: true }),
    ),
    ...propertyChanges(before, after, path),
    ...innerChanges(before['items'], after['items'], `${path}[]`),
    ...innerChanges(before['additionalProperties'], after['additionalProperties'], `${path}.*`),
  ];
}

function typeChange(before: Json, after: Json, path: string): readonly PayloadChange[] {
  const [old, now] = [typesOf(before), typesOf(after)];
  if (text(old) === text(now)) return [];
  const added = now.filter((type) => !old.includes(type) && !(type === 'integer' && old.includes('number')));
  const gone = old.filter((type) => !now.includes(type) && !(type === 'integer' && now.includes('number')));
  const change = `type ${named(old)} becomes ${named(now)}`;
  return [
    changeAt(path, change, { old: added.length > 0 || now.length === 0, new: gone.length > 0 || old.length === 0 }),
  ];
}

function allowedValueChanges(before: Json, after: Json, path: string): readonly PayloadChange[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (old === undefined && now === undefined) return [];
  if (old === undefined) return [changeAt(path, `only ${named(now)} from now on`, { old: false, new: true })];
  if (now === undefined) return [changeAt(path, `no longer only ${named(old)}`, { old: true, new: false })];
  const [added, gone] = [now.filter((value) => !old.includes(value)), old.filter((value) => !now.includes(value))];
  return [
    ...added.map((value) => changeAt(path, `value ${value} is new`, { old: true, new: false })),
    ...gone.map((value) => changeAt(path, `value ${value} is gone`, { old: false, new: true })),
  ];
}

function limitChanges(before: Json, after: Json, path: string): readonly PayloadChange[] {
  return [...SMALLEST, ...LARGEST].flatMap((key) => {
    const none = SMALLEST.includes(key) ? -Infinity : Infinity;
    const [old, now] = [numberOf(before[key], none), numberOf(after[key], none)];
    if (old === now) return [];
    const wider = SMALLEST.includes(key) ? now < old : now > old;
    return [changeAt(path, `${key} ${shown(old)} becomes ${shown(now)}`, { old: wider, new: !wider })];
  });
}

function propertyChanges(before: Json, after: Json, path: string): readonly PayloadChange[] {
  const [old, now] = [propertiesOf(before), propertiesOf(after)];
  const [neededBefore, neededNow] = [requiredOf(before), requiredOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const place = path === '' ? name : `${path}.${name}`;
    const [was, is] = [old[name], now[name]];
    const [wasNeeded, isNeeded] = [neededBefore.includes(name), neededNow.includes(name)];
    // readers fill in a default, though what is published always has the property
    const isAsked = isNeeded && !(is !== undefined && 'default' in is);
    if (was === undefined) {
      return [changeAt(place, isAsked ? 'is new and required' : 'is new', { old: false, new: isAsked })];
    }
    if (is === undefined) return [changeAt(place, 'is gone', { old: wasNeeded, new: false })];
    const need =
      wasNeeded === isNeeded
        ? []
        : [changeAt(place, isNeeded ? 'becomes required' : 'becomes optional', { old: wasNeeded, new: isAsked })];
    return [...need, ...payloadChanges(was, is, place)];
  });
}

function innerChanges(before: unknown, after: unknown, path: string): readonly PayloadChange[] {
  return isMap(before) && isMap(after) ? payloadChanges(before, after, path) : [];
}

function changeAt(
  path: string,
  change: string,
  breaks: { readonly old: boolean; readonly new: boolean },
): PayloadChange {
  return {
    path: path === '' ? 'the payload' : path,
    change,
    breaksOldReaders: breaks.old,
    breaksNewReaders: breaks.new,
  };
}

function typesOf({ type, enum: values, const: value }: Json): readonly string[] {
  if (type === undefined && (values !== undefined || value !== undefined)) return ['value'];
  return (Array.isArray(type) ? type : type === undefined ? [] : [type]).map(String).sort();
}

/** The values that are admitted, as JSON; undefined when any is. */
function valuesOf(schema: Json): readonly string[] | undefined {
  if ('const' in schema) return [text(schema['const'])];
  return Array.isArray(schema['enum']) ? schema['enum'].map(text) : undefined;
}

function propertiesOf({ properties }: Json): Readonly<Record<string, Json>> {
  return isMap(properties) ? (properties as Readonly<Record<string, Json>>) : {};
}

function requiredOf({ required }: Json): readonly unknown[] {
  return Array.isArray(required) ? required : [];
}

function numberOf(value: unknown, none: number): number {
  return typeof value === 'number' ? value : none;
}

function shown(limit: number): string {
  return Number.isFinite(limit) ? String(limit) : 'none';
}

function text(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

function named(words: readonly string[] | undefined): string {
  return words === undefined || words.length === 0 ? 'any' : words.join(' or ');
}
