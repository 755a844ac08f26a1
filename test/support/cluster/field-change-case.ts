/** A change of one field of an object, for asking an API server what it thinks of it. */
import { isClusterScoped, resourceOf } from '#manifests';
import { eventually } from '../eventually.ts';
import { SAMPLE_NAME, type WrittenObject } from './sample-objects.ts';

/** The object before and after. */
export interface FieldChangeCase {
  /** What changes, as `diff` names it. */
  readonly field: string;
  readonly before: WrittenObject;
  readonly after: WrittenObject;
  /** Waits for a state that the change presupposes. */
  readonly settled?: (read: () => Promise<unknown>) => Promise<void>;
}

/** Characters of the name of a StatefulSet, of which labels are made. */
const LONGEST_NAME = 63;

/** A case from an object and the parts that differ in it; a part replaces what stands at its key. A sample gets a name of its own. */
export function changeOf(
  field: string,
  object: WrittenObject,
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
  settled?: FieldChangeCase['settled'],
): FieldChangeCase {
  const words = `${object.kind}-${field.replace(/[^a-z]+/gi, '-')}`.toLowerCase();
  const own = words.slice(0, LONGEST_NAME).replace(/-$/, '');
  const name = object.metadata.name === SAMPLE_NAME ? own : object.metadata.name;
  const named = { ...object, metadata: { ...object.metadata, name } };
  return {
    field,
    before: withFields(named, from),
    after: withFields(named, to),
    ...(settled === undefined ? {} : { settled }),
  };
}

/** Path of the object in the API. */
export function pathOf({ apiVersion, kind, metadata }: WrittenObject, namespace: string): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const place = isClusterScoped(groupOf({ apiVersion }), kind) ? '' : `/namespaces/${namespace}`;
  return `${root}${place}/${resourceOf(kind)}/${metadata.name}`;
}

/** API group of an object; '' for the core group. */
export function groupOf({ apiVersion }: Pick<WrittenObject, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
}

/** Waits until a claim is bound: an unbound one may not grow. */
export async function untilBound(read: () => Promise<unknown>): Promise<void> {
  await eventually(async () => {
    const { status } = (await read()) as { readonly status?: { readonly phase?: string } };
    if (status?.phase !== 'Bound') throw new Error(`the claim is ${String(status?.phase)}`);
  }, 30_000);
}

/** Waits until a definition is in use: before that it may still be anything. */
export async function untilEstablished(read: () => Promise<unknown>): Promise<void> {
  await eventually(async () => {
    const { status } = (await read()) as {
      readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
    };
    const established = status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True');
    if (established !== true) throw new Error('the definition is not in use yet');
  }, 30_000);
}

/** Fields by their path, such as `spec.containers.0.image`; undefined removes one. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object with other fields. */
export function withFields(object: WrittenObject, parts: Fields): WrittenObject {
  const result: Record<string, unknown> = structuredClone(object) as Record<string, unknown>;
  for (const [key, value] of Object.entries(parts)) put(result, key.split('.'), value);
  return result as unknown as WrittenObject;
}

function put(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length > 0) put((target[key] ??= {}) as Record<string, unknown>, rest, value);
  else if (value === undefined) Reflect.deleteProperty(target, key);
  else target[key] = value;
}
