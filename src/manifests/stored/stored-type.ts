/**
 * What the API server makes of an object before it stores it, as data: the defaults that it fills in, the spellings that
 * it takes for one value, and what it drops because it says nothing. Two manifests that are stored as one are equal.
 *
 * The tables beside this file follow the server's own defaulting (pkg/apis/…/defaults.go of k8s.io/kubernetes, v1.36). A
 * *stored type* describes one struct of the API; what no type describes is compared literally.
 */
import { canonicalQuantity, canonicalResource } from '../quantity.ts';

/** Plain data of an object. */
export type Data = Readonly<Record<string, unknown>>;

/** How the server reads one struct, or the items of a list of such structs. */
export interface StoredType {
  /** Values that stand for a field that states none. */
  readonly defaults?: Data;
  /** Types of fields; each item of a list is read by the type of its field. */
  readonly fields?: Readonly<Record<string, StoredType>>;
  /** Fields whose empty text, `false` or 0 says something, because the API holds a pointer there. */
  readonly pointers?: readonly string[];
  /** Fields whose `false` or 0 says nothing, because the API holds no pointer there. */
  readonly plain?: readonly string[];
  /** Whether `{}` says something although it says nothing elsewhere, because the API holds a pointer there. */
  readonly emptyIsPresent?: boolean;
  /** Whether `{}` says the same as nothing, as a struct without a pointer does. */
  readonly emptyIsAbsent?: boolean;
  /** A map of texts or quantities: keys are data, and an empty text is one too. */
  readonly map?: 'texts' | 'quantities';
  /** A quantity, which has many spellings. */
  readonly quantity?: boolean;
  /** Another way of writing the same, such as an older version of the API, put into the way that is compared. */
  readonly respell?: (value: Data) => Data;
  /** Defaults that depend on what the other fields say. */
  readonly fill?: (value: Data) => Data;
}

/** Booleans that the API holds without a pointer, so that `false` says nothing. */
const PLAIN_BOOLEANS: ReadonlySet<string> = new Set([
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'paused',
  'publishNotReadyAddresses',
  'readOnly',
  'stdin',
  'stdinOnce',
  'tty',
]);
/** Numbers that the API holds without a pointer, so that 0 says nothing. */
const PLAIN_NUMBERS: ReadonlySet<string> = new Set([
  'failureThreshold',
  'healthCheckNodePort',
  'hostPort',
  'initialDelaySeconds',
  'minReadySeconds',
  'nodePort',
  'periodSeconds',
  'successThreshold',
  'timeoutSeconds',
]);
/** Structs and maps of any kind of which `{}` says nothing. */
const EMPTY_ANYWHERE: ReadonlySet<string> = new Set([
  'annotations',
  'binaryData',
  'data',
  'labels',
  'limits',
  'matchLabels',
  'metadata',
  'nodeSelector',
  'requests',
  'resources',
  'stringData',
]);
const UNTYPED: StoredType = {};
/** Maps whose keys are people's own. */
const TEXT_MAPS: ReadonlySet<string> = new Set([
  'annotations',
  'binaryData',
  'data',
  'labels',
  'matchLabels',
  'nodeSelector',
  'parameters',
  'stringData',
  'volumeAttributes',
]);

/** How far a value is read: as it is stored, or only what is stated, in the spelling in which it is stored. */
export type Reading = 'stored' | 'stated';

/** A value as the server stores it; undefined when it says nothing. */
export function storedValue(value: unknown, type: StoredType, reading: Reading, name = ''): unknown {
  if (value === null || value === undefined) return undefined;
  if (type.quantity === true) return canonicalQuantity(value);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => storedValue(item, type, reading)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== 'object') return value;
  const stored = storedMap(value as Data, type, reading, name);
  const isEmpty = Object.keys(stored).length === 0 && type.emptyIsPresent !== true;
  return isEmpty && (type.emptyIsAbsent === true || isTextMap(type, name) || EMPTY_ANYWHERE.has(name))
    ? undefined
    : stored;
}

/** A map whose keys are data. A field that has a type of its own is not such a map, whatever its name. */
function isTextMap(type: StoredType, name: string): boolean {
  return type.map !== undefined || (TEXT_MAPS.has(name) && type.fields === undefined && type.defaults === undefined);
}

function storedMap(value: Data, type: StoredType, reading: Reading, name: string): Data {
  if (isTextMap(type, name)) return mapOf(value, type.map === 'quantities');
  // null is nothing, in every way of reading
  const present = Object.fromEntries(Object.entries(value).filter(([, child]) => child !== null));
  const respelt = type.respell?.(present) ?? present;
  const stated = reading === 'stored' ? (type.fill?.(respelt) ?? respelt) : respelt;
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(stated)) {
    if (saysNothing(key, child, type)) continue;
    const stored = storedValue(child, type.fields?.[key] ?? UNTYPED, reading, key);
    if (stored !== undefined) result[key] = stored;
  }
  for (const [key, value] of reading === 'stored' ? Object.entries(type.defaults ?? {}) : []) {
    result[key] ??= storedValue(value, type.fields?.[key] ?? UNTYPED, reading, key) ?? value;
  }
  return result;
}

function mapOf(value: Data, areQuantities: boolean): Data {
  const entries = Object.entries(value).filter(([, it]) => it !== null && it !== undefined);
  return Object.fromEntries(entries.map(([key, it]) => [key, areQuantities ? canonicalResource(it) : it]));
}

function saysNothing(key: string, value: unknown, { pointers = [], plain = [] }: StoredType): boolean {
  if (pointers.includes(key)) return false;
  if (plain.includes(key) && (value === false || value === 0)) return true;
  return value === '' || (value === false && PLAIN_BOOLEANS.has(key)) || (value === 0 && PLAIN_NUMBERS.has(key));
}
