/** Objects as the API server stores them, so that two can be compared by what they say and not by how they say it. */
import { Cursor } from '../cursor.ts';
import type { ManifestObject } from '../manifest-set.ts';
import { appliedValue } from './applied-value.ts';
import { KIND_TYPES, storedGroup } from './kind-types.ts';
import { storedValue, type Data, type Reading, type StoredType } from './stored-type.ts';
import { dataAt } from './workload-types.ts';

/** Fields of metadata that are the server's own. */
const SERVERS_OWN: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);
/** Annotations and finalizers that kubectl and controllers write. */
const WRITTEN_BY_OTHERS =
  /^(?:kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/revision|deprecated\.daemonset\.template\.generation|(?:pv|volume)(?:\.beta)?\.kubernetes\.io\/(?:bind-completed|bound-by-controller|provisioned-by|storage-provisioner|selected-node)|batch\.kubernetes\.io\/job-tracking|kubernetes\.io\/(?:pvc?|vac)-protection|service\.kubernetes\.io\/load-balancer-cleanup)$/;

/** The object as it is stored: defaults filled in, equal values in one spelling, without what is the server's own. */
function objectAs(reading: Reading, object: ManifestObject): ManifestObject {
  const data = object.root.value;
  if (typeof data !== 'object' || data === null) return object;
  // a status is what a controller saw
  const { status: _, ...stated } = data as Data;
  const type = typeOf(object);
  // the fields of a custom resource are stored as they are written
  const value = type === undefined ? stated : (storedValue(stated, type, reading) as Data);
  return { ...object, root: new Cursor({ ...value, metadata: storedMetadata(dataAt(value, 'metadata') ?? {}) }) };
}

function storedMetadata(metadata: Data): Data {
  const kept = Object.entries(metadata).filter(([key]) => !SERVERS_OWN.has(key));
  const annotations = Object.entries(dataAt(metadata, 'annotations') ?? {}).filter(
    ([key]) => !WRITTEN_BY_OTHERS.test(key),
  );
  const finalizers = Array.isArray(metadata['finalizers']) ? (metadata['finalizers'] as readonly unknown[]) : [];
  return storedValue(
    {
      ...Object.fromEntries(kept),
      annotations: Object.fromEntries(annotations),
      finalizers: finalizers.filter((it) => !WRITTEN_BY_OTHERS.test(String(it))),
    },
    {},
    'stated',
  ) as Data;
}

/** The object that an apply leaves, given what the apply before it stated. */
function appliedOver(before: ManifestObject, after: ManifestObject): ManifestObject {
  // what a server wrote does not tell what an apply stated
  if (typeOf(after) === undefined || isLive(before)) return objectAs('stored', after);
  const stored = objectAs('stored', before);
  const versions = {
    stored: stored.root.value,
    before: objectAs('stated', before).root.value,
    now: objectAs('stated', after).root.value,
  };
  const merged = appliedValue(versions, after.kind) as Data;
  const account = keepsAccount(before, after) ? accountPath(after) : undefined;
  const root = account === undefined ? merged : withField(merged, account, stored.root.along(account).value);
  return objectAs('stored', { ...after, root: new Cursor(root) });
}

const ACCOUNT = ['serviceAccountName', 'serviceAccount'] as const;
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
const TEMPLATE_SPEC = ['spec', 'template', 'spec'];

function accountPath({ kind }: ManifestObject): readonly string[] {
  return [...(POD_SPECS[kind] ?? TEMPLATE_SPEC), ACCOUNT[0]];
}

/**
 * Whether the pods of an object keep an account that is no longer stated. The server stores it under its older name too, and
 * takes it from there.
 */
export function keepsAccount(before: ManifestObject, after: ManifestObject): boolean {
  const [was, is] = [before, after].map(({ root, kind }) => {
    const spec = root.along(POD_SPECS[kind] ?? TEMPLATE_SPEC);
    return ACCOUNT.filter((name) => (spec.at(name).text ?? '') !== '').length;
  });
  return was === 1 && is === 0;
}

function typeOf({ group, kind }: ManifestObject): StoredType | undefined {
  return KIND_TYPES[`${storedGroup(group, kind)}/${kind}`];
}

/** Whether an object is of a kind of which the server's own rules are known here. */
export function isBuiltIn(object: ManifestObject): boolean {
  return typeOf(object) !== undefined;
}

/** Fields that the server chooses where nobody states them, and then keeps. */
const CHOSEN: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Service: [
    ['spec', 'clusterIP'],
    ['spec', 'clusterIPs'],
    ['spec', 'ipFamilies'],
    ['spec', 'ipFamilyPolicy'],
    ['spec', 'healthCheckNodePort'],
  ],
};
/** Fields that controllers and admission fill in, so that they are left out beside what a server wrote. */
const CHOSEN_IN_A_CLUSTER: Readonly<Record<string, readonly (readonly string[])[]>> = {
  PersistentVolume: [['spec', 'claimRef']],
  PersistentVolumeClaim: [
    ['spec', 'storageClassName'],
    ['spec', 'volumeName'],
  ],
  ServiceAccount: [['secrets']],
  Pod: [
    ['spec', 'nodeName'],
    ['spec', 'serviceAccountName'],
    ['spec', 'priority'],
    ['spec', 'preemptionPolicy'],
  ],
};

/** Two versions of an object. */
export type ObjectPair = readonly [before: ManifestObject, after: ManifestObject];

/**
 * An object as it is stored, and what the server makes of it when another version is applied over it; each without what the
 * server chose and the other does not state.
 */
export function appliedPair(before: ManifestObject, after: ManifestObject): ObjectPair {
  const [old, now] = [objectAs('stored', before), appliedOver(before, after)];
  const live = [before, after].some(isLive);
  const paths = [...(CHOSEN[after.kind] ?? []), ...(live ? (CHOSEN_IN_A_CLUSTER[after.kind] ?? []) : [])];
  // what is no longer stated is kept; an address can be stated later, but not that there is none
  const kept = paths.filter((path) => {
    const [was, is] = [old, now].map(({ root }) => root.along(path));
    if (was?.exists === is?.exists) return false;
    return is?.exists !== true || !(isHeadless(is.value) || (!live && isDualStack(is.value)));
  });
  const [left, right] = [old, now].map(({ root }) => kept.reduce(withoutField, root.value as Data));
  if (left === undefined || right === undefined) return [old, now];
  // a port of the node that is stated for the first time may be another than the one that was chosen
  return [
    { ...old, root: new Cursor(withoutNodePorts(left, right)) },
    { ...now, root: new Cursor(live ? withoutNodePorts(right, left) : right) },
  ];
}

/** Whether an object was read from a server. */
function isLive({ root }: ManifestObject): boolean {
  return root.at('metadata', 'uid').exists || root.at('metadata', 'resourceVersion').exists;
}

/** Without the node's port of each port of a Service for which the other object states none. */
function withoutNodePorts(data: Data, other: Data): Data {
  const [spec, ports, others] = [dataAt(data, 'spec'), portsOf(data), portsOf(other)];
  if (spec === undefined || ports.length === 0) return data;
  const open = (port: Data): boolean =>
    others.some((it) => it['port'] === port['port'] && it['protocol'] === port['protocol'] && !('nodePort' in it));
  return {
    ...data,
    spec: {
      ...spec,
      ports: ports.map((port) => {
        const { nodePort: _, ...rest } = port;
        return open(port) ? rest : port;
      }),
    },
  };
}

function portsOf(data: Data): readonly Data[] {
  const ports = data['kind'] === 'Service' ? dataAt(data, 'spec')?.['ports'] : undefined;
  return Array.isArray(ports) ? (ports as readonly Data[]) : [];
}

/** Two address families are never what the server chose by itself for a Service with a selector. */
function isDualStack(value: unknown): boolean {
  return value === 'PreferDualStack' || value === 'RequireDualStack';
}

function isHeadless(value: unknown): boolean {
  return value === 'None' || (Array.isArray(value) && value[0] === 'None');
}

function withField(data: Data, [key = '', ...rest]: readonly string[], value: unknown): Data {
  if (rest.length === 0) return { ...data, [key]: value };
  return { ...data, [key]: withField(dataAt(data, key) ?? {}, rest, value) };
}

function withoutField(data: Data, path: readonly string[]): Data {
  const [key = '', ...rest] = path;
  const child = data[key];
  if (rest.length > 0)
    return dataAt(data, key) === undefined ? data : { ...data, [key]: withoutField(child as Data, rest) };
  const { [key]: _, ...others } = data;
  return others;
}
