/** What a real API server stores of an object, and what it makes of a change; and what `diff` says of both. */
import { amountOf, isClusterScoped, manifestSet, type ManifestSet } from '#manifests';
import { difference, type Difference } from '../../../src/cli/diff/difference.ts';
import { textReport } from '../../../src/cli/diff/report.ts';
import { groupOf, pathOf } from './field-change-case.ts';
import { KubeApiError, type KubeApi } from './kube-api.ts';
import type { WrittenObject } from './sample-objects.ts';

/** What comes of an apply: the worst of it. */
export type Verdict = 'refused' | 'pods replaced' | 'changed in place' | 'nothing';

/** An object in which a server has filled in its part. */
export type StoredObject = WrittenObject & { readonly status?: unknown; readonly spec?: unknown };

/** Where and how objects are stored. */
export interface Place {
  readonly api: KubeApi;
  readonly namespace: string;
}

const AT_ONCE = 6;

/** Asks several things at once, in order. */
export async function askedAll<T, R>(
  things: readonly T[],
  ask: (thing: T) => Promise<R>,
  atOnce = AT_ONCE,
): Promise<readonly R[]> {
  const answers: R[] = [];
  for (let start = 0; start < things.length; start += atOnce) {
    answers.push(...(await Promise.all(things.slice(start, start + atOnce).map(ask))));
  }
  return answers;
}

/** The object in the namespace of a place, unless its kind lies outside namespaces. */
export function placed(object: WrittenObject, { namespace }: Place): WrittenObject {
  if (isClusterScoped(groupOf(object), object.kind)) return object;
  return { ...object, metadata: { ...object.metadata, namespace } as WrittenObject['metadata'] };
}

/** What the server stores of an object that it is given; with `dryRun`, would store. */
export async function storedBy(
  place: Place,
  object: WrittenObject,
  options: { readonly dryRun?: boolean } = {},
): Promise<StoredObject> {
  const path = pathOf(object, place.namespace);
  const stored = await place.api.create<StoredObject>(path.replace(/\/[^/]+$/, ''), object, options);
  if (options.dryRun !== true) await deleted(place, path);
  return stored;
}

/** What the server does of an apply over what another apply has stored; undefined when the second is invalid by itself. */
export async function judgedByServer(
  place: Place,
  before: WrittenObject,
  after: WrittenObject,
  settled?: (read: () => Promise<unknown>) => Promise<void>,
): Promise<Verdict | undefined> {
  const { api, namespace } = place;
  const path = pathOf(before, namespace);
  if (!(await isAccepted(place, before)) || !(await isAccepted(place, after))) return undefined;
  await api.apply(path, before);
  try {
    await settled?.(async () => await api.get(path));
    const then = await api.apply<StoredObject>(path, after, { dryRun: true });
    return changeOf(await api.get<StoredObject>(path), then);
  } catch (error) {
    // a quota or an admission plugin forbids, all else is refused
    if (error instanceof KubeApiError && (error.status === 422 || error.status === 403)) return 'refused';
    throw error;
  } finally {
    await deleted(place, path);
  }
}

/** What `diff` says of the same. */
export function judgedByDiff(before: WrittenObject, after: WrittenObject): Verdict {
  const [change] = difference(setOf(before), setOf(after)).changed;
  if (change === undefined) return 'nothing';
  if (change.refused.length > 0) return 'refused';
  return change.restarts.length > 0 ? 'pods replaced' : 'changed in place';
}

/** What `diff` finds between two objects, in words; empty for no difference. */
export function differenceBetween(before: object, after: object): string {
  const found: Difference = difference(setOf(before), setOf(after));
  const text = textReport(found);
  return text === 'no difference\n' ? '' : text;
}

function setOf(manifest: object): ManifestSet {
  return manifestSet([{ path: '', manifest }]);
}

async function isAccepted({ api, namespace }: Place, object: WrittenObject): Promise<boolean> {
  try {
    await api.apply(pathOf(object, namespace), object, { dryRun: true });
    return true;
  } catch (error) {
    if (error instanceof KubeApiError && error.status >= 400) return false;
    throw error;
  }
}

async function deleted({ api }: Place, path: string): Promise<void> {
  await api.delete(path, { propagationPolicy: 'Background', gracePeriodSeconds: 0 });
}

const WITH_PODS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

function changeOf(before: StoredObject, after: StoredObject): Verdict {
  const template = (object: StoredObject): string =>
    canonical((object.spec as { readonly template?: unknown } | undefined)?.template);
  const isNewTemplate = WITH_PODS.has(after.kind) && template(before) !== template(after);
  // the server takes two forms of a quantity for one, and its generation does not change; a StatefulSet's controller does not
  const isEqual = generationOf(before) !== undefined && generationOf(before) === generationOf(after);
  if (isNewTemplate && (!isEqual || after.kind === 'StatefulSet')) return 'pods replaced';
  return isSame(before, after, isEqual) ? 'nothing' : 'changed in place';
}

function generationOf({ metadata }: StoredObject): unknown {
  return (metadata as { readonly generation?: unknown }).generation;
}

/** Whether two versions hold the same, apart from what the server keeps to know versions by; their specs may be known to. */
function isSame(before: StoredObject, after: StoredObject, isEqualSpec: boolean): boolean {
  const [old, now] = [before, after].map((object) => canonical(content(object, isEqualSpec), withAmounts));
  return old === now;
}

/** Fields that hold quantities, of which the server stores the form as well. */
const QUANTITIES: ReadonlySet<string> = new Set(['capacity', 'hard', 'limits', 'requests']);

function withAmounts(key: string, value: unknown): unknown {
  if (!QUANTITIES.has(key) || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, String(amountOf(it) ?? it)]));
}

function content({ metadata, status: _, spec, ...rest }: StoredObject, isEqualSpec: boolean): object {
  const { labels, annotations = {} } = metadata as { readonly labels?: object; readonly annotations?: object };
  // controllers write theirs between the two
  const own = Object.entries(annotations).filter(
    ([key]) => !/^(deployment|deprecated\.daemonset|pv|volume)\./.test(key),
  );
  return { ...rest, spec: isEqualSpec ? undefined : spec, labels, annotations: own };
}

/** One text for the same data, whatever the order of its keys. */
function canonical(value: unknown, read = (_: string, child: unknown): unknown => child): string {
  return JSON.stringify(value, (key, plain: unknown) => {
    const child = read(key, plain);
    if (typeof child !== 'object' || child === null || Array.isArray(child)) return child;
    return Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
