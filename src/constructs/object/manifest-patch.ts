/**
 * The escape hatch: changes of rendered objects by path, for what no prop says. A path that leads nowhere is a fault,
 * because it would otherwise stop working in silence when a later version renders something else.
 */

/** A kind that a service has and that can be patched. */
export type PatchedKind =
  | 'Deployment'
  | 'Job'
  | 'CronJob'
  | 'Service'
  | 'ServiceAccount'
  | 'NetworkPolicy'
  | 'CiliumNetworkPolicy'
  | 'PodDisruptionBudget'
  | 'HorizontalPodAutoscaler'
  | 'PersistentVolumeClaim';

/** One change of a rendered object. */
export interface ManifestPatch {
  /**
   * Object that it changes.
   * @default - the Deployment, Job or CronJob
   */
  readonly kind?: PatchedKind;
  /** `replace` and `remove` want the path to be there, `add` its parent; `add` on a list inserts, at `-` it appends. */
  readonly op: 'add' | 'replace' | 'remove';
  /** JSON pointer; in a list `name=<name>` takes the item of that name: `/spec/template/spec/containers/name=auth/tty`. */
  readonly path: string;
  /**
   * The new value; not for `remove`.
   * @default - none
   */
  readonly value?: unknown;
}

/** The manifest after a patch, or undefined when the path leads nowhere. */
export function patched(manifest: unknown, patch: ManifestPatch): unknown {
  if (!patch.path.startsWith('/')) return undefined;
  const keys = patch.path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return at(manifest, keys, patch);
}

function at(node: unknown, [key = '', ...rest]: readonly string[], patch: ManifestPatch): unknown {
  if (Array.isArray(node)) return inList(node as readonly unknown[], key, rest, patch);
  if (!isRecord(node)) return undefined;
  const there = Object.hasOwn(node, key);
  if (rest.length > 0) {
    const child = there ? at(node[key], rest, patch) : undefined;
    return child === undefined ? undefined : { ...node, [key]: child };
  }
  if (!there && patch.op !== 'add') return undefined;
  if (patch.op === 'remove') return Object.fromEntries(Object.entries(node).filter(([name]) => name !== key));
  return { ...node, [key]: patch.value };
}

function inList(list: readonly unknown[], key: string, rest: readonly string[], patch: ManifestPatch): unknown {
  const index = indexOf(list, key);
  if (rest.length > 0) {
    const child = index in list ? at(list[index], rest, patch) : undefined;
    return child === undefined ? undefined : list.with(index, child);
  }
  const last = patch.op === 'add' ? list.length : list.length - 1;
  if (index < 0 || index > last) return undefined;
  if (patch.op === 'add') return list.toSpliced(index, 0, patch.value);
  return patch.op === 'remove' ? list.toSpliced(index, 1) : list.with(index, patch.value);
}

function indexOf(list: readonly unknown[], key: string): number {
  if (key === '-') return list.length;
  const name = /^name=(.+)$/.exec(key)?.[1];
  if (name !== undefined) return list.findIndex((item) => isRecord(item) && item['name'] === name);
  return /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
