/**
 * What `ApiObject.toJson()` gives for an object whose props are plain data, made in one walk. cdk8s asks three resolvers
 * of each value and walks the result three times more; with nothing to resolve, all of that comes to sorted keys.
 */
import { ApiObject, ApiObjectMetadataDefinition, App, ImplicitTokenResolver, LazyResolver } from 'cdk8s';
import { NumberStringUnionResolver } from 'cdk8s';

type Plain = Readonly<Record<string, unknown>>;

const OWN_RESOLVERS: readonly unknown[] = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];
const FIRST_KEYS = ['apiVersion', 'kind', 'metadata'];

/** An object as JSON, as `ApiObject.toJson()` gives it. */
export function renderedJson(object: ApiObject): unknown {
  return plainObjectJson(object) ?? (object.toJson() as unknown);
}

/**
 * The object as JSON; undefined where `toJson()` is to be asked: something is to be resolved or patched, a class has its
 * own way, or the environment variable `CDK8S_NATS_RENDERING` is `cdk8s`, which leaves all objects to cdk8s.
 */
export function plainObjectJson(object: ApiObject): unknown {
  if (process.env['CDK8S_NATS_RENDERING'] === 'cdk8s' || process.env['CDK8S_DISABLE_SORT']) return undefined;
  const { metadata } = object;
  // private in cdk8s: should a version name them otherwise, they are undefined and cdk8s renders
  const [props, patches, attributes] = [object['props'], object['patches'], metadata['_additionalAttributes']] as [
    unknown,
    readonly unknown[] | undefined,
    Plain | undefined,
  ];
  if (patches?.length !== 0 || attributes === undefined || !rendersItsOwnWay(object)) return undefined;
  const { name, namespace, annotations, finalizers, ownerReferences, labels } = metadata as unknown as Plain;
  const head = { ...attributes, name, namespace, annotations, finalizers, ownerReferences, labels };
  try {
    const body: Plain = { ...(props as Plain), metadata: sanitized(head, true) };
    const result: Record<string, unknown> = {};
    for (const key of [...FIRST_KEYS, ...sorted(Object.keys(body))]) {
      if (key === '__proto__') return undefined;
      if (Object.hasOwn(result, key)) continue;
      const value = key === 'metadata' ? body[key] : sanitized(body[key], false);
      if (value !== undefined) result[key] = value;
    }
    return result;
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

/** Whether the classes at work are those of cdk8s itself. */
function rendersItsOwnWay(object: ApiObject): boolean {
  const { resolvers } = App.of(object) as unknown as { readonly resolvers: readonly object[] | undefined };
  return (
    object.toJson === ApiObject.prototype.toJson &&
    object.metadata.toJson === ApiObjectMetadataDefinition.prototype.toJson &&
    resolvers?.length === OWN_RESOLVERS.length &&
    resolvers.every((resolver, index) => resolver.constructor === OWN_RESOLVERS[index])
  );
}

/** Thrown where something stands that cdk8s would take for a token, or refuse. */
class NotPlain extends Error {}

/** Sorted keys, and nothing where nothing stands; of metadata, no empty list or map either. Throws {@link NotPlain}. */
function sanitized(value: unknown, dropsEmpty: boolean): unknown {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'function' || typeof value === 'bigint') throw new NotPlain();
    return value ?? undefined;
  }
  if (Array.isArray(value)) {
    if (dropsEmpty && value.length === 0) return undefined;
    return value.map((item) => sanitized(item, dropsEmpty));
  }
  if (value.constructor !== Object || typeof (value as Plain)['resolve'] === 'function') throw new NotPlain();
  const result: Record<string, unknown> = {};
  let isEmpty = true;
  const keys = sorted(Object.keys(value));
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- without the optimizing compiler, an iterator makes an object a step
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i] ?? '';
    if (key === '__proto__') throw new NotPlain();
    const item = sanitized((value as Plain)[key], dropsEmpty);
    if (item === undefined) continue;
    result[key] = item;
    isEmpty = false;
  }
  return dropsEmpty && isEmpty ? undefined : result;
}

/** Sorts a list in its own place, by code units as `sort()` does, which makes lists to work with. */
function sorted(keys: string[]): string[] {
  if (keys.length > FEW_KEYS) return keys.sort();
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] ?? '';
    let at = end;
    for (; at > 0 && (keys[at - 1] ?? '') > key; at -= 1) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  }
  return keys;
}

/** Up to so many, looking at all pairs is quicker. */
const FEW_KEYS = 12;
