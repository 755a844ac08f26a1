/**
 * What an apply makes of an object that another apply has stored. It changes what it states, and removes what the one before
 * stated; what nobody stated, such as a default, stays as it is. So server-side apply does (the rules of `prune` in
 * sigs.k8s.io/structured-merge-diff), and kubectl's with its annotation does alike.
 */
import type { Data } from './stored-type.ts';

/** One value in three versions; undefined stands for nothing. */
interface Versions {
  /** As it is stored. */
  readonly stored: unknown;
  /** What the apply before stated. */
  readonly before: unknown;
  /** What the apply states. */
  readonly now: unknown;
}

/** Structs that are replaced as a whole. */
const ATOMIC: ReadonlySet<string> = new Set([
  'dataSource',
  'dataSourceRef',
  'fieldRef',
  'required',
  'resourceFieldRef',
  'roleRef',
]);
/** Lists of which the items are changed one by one, and the fields that tell these apart, with their defaults. */
const KEYED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  containers: { name: undefined },
  env: { name: undefined },
  ephemeralContainers: { name: undefined },
  hostAliases: { ip: undefined },
  imagePullSecrets: { name: undefined },
  initContainers: { name: undefined },
  schedulingGates: { name: undefined },
  topologySpreadConstraints: { topologyKey: undefined, whenUnsatisfiable: undefined },
  volumeDevices: { devicePath: undefined },
  volumeMounts: { mountPath: undefined },
  volumes: { name: undefined },
  webhooks: { name: undefined },
};
const CONTAINER_PORTS = { containerPort: undefined, protocol: 'TCP' };
const SERVICE_PORTS = { port: undefined, protocol: 'TCP' };

/** The value that the server then has, before it fills in defaults. */
export function appliedValue({ stored, before, now }: Versions, kind: string, name = ''): unknown {
  if (now === undefined) return before === undefined ? stored : undefined;
  const versions = { stored, before, now };
  if (Array.isArray(now)) return appliedList(versions, kind, name);
  if (!isMap(now) || !isMap(stored) || ATOMIC.has(name)) return now;
  const keys = new Set([...Object.keys(now), ...Object.keys(stored)]);
  const entries = [...keys].map((key): [string, unknown] => {
    const child = { stored: stored[key], before: isMap(before) ? before[key] : undefined, now: now[key] };
    return [key, appliedValue(child, kind, key)];
  });
  const left = entries.filter(([, value]) => value !== undefined);
  // of a struct from which all is removed, none is left
  return left.length === 0 && keys.size > 0 ? undefined : Object.fromEntries(left);
}

function appliedList({ stored, before, now }: Versions, kind: string, name: string): unknown {
  const items = [stored, before, now].map((it) => (Array.isArray(it) ? (it as readonly unknown[]) : []));
  const keys = keysOf(name, kind, items.flat());
  if (keys === undefined) return now;
  const [is, was, will] = items.map((list) => new Map(list.map((item) => [keyOf(item, keys), item])));
  if (is === undefined || was === undefined || will === undefined) return now;
  const changed = [...will].map(([key, item]) =>
    appliedValue({ stored: is.get(key), before: was.get(key), now: item }, kind),
  );
  const kept = [...is].filter(([key]) => !will.has(key) && !was.has(key)).map(([, item]) => item);
  return [...changed, ...kept];
}

/** Fields that tell the items of a list apart; undefined for one that is replaced as a whole. */
function keysOf(name: string, kind: string, items: readonly unknown[]): Data | undefined {
  if (!items.every(isMap)) return undefined;
  if (name !== 'ports') return KEYED[name];
  if (items.every((item) => 'containerPort' in item)) return CONTAINER_PORTS;
  return kind === 'Service' ? SERVICE_PORTS : undefined;
}

function keyOf(item: unknown, keys: Data): string {
  const fields = isMap(item) ? item : {};
  return JSON.stringify(Object.entries(keys).map(([key, value]) => fields[key] ?? value));
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
