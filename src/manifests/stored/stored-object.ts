/** Objects as the API server stores them, so that two can be compared by what they say and not by how they say it. */
import { Cursor } from '../cursor.ts';
import type { ManifestObject } from '../manifest-set.ts';
import { KIND_TYPES, storedGroup } from './kind-types.ts';
import { storedValue, type Data, type Reading } from './stored-type.ts';
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
  /^(?:kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/revision|deprecated\.daemonset\.template\.generation|(?:pv|volume)(?:\.beta)?\.kubernetes\.io\/(?:bind-completed|bound-by-controller|provisioned-by|storage-provisioner|selected-node)|batch\.kubernetes\.io\/job-tracking|kubernetes\.io\/pvc?-protection|service\.kubernetes\.io\/load-balancer-cleanup)$/;

/** The object as it is stored: defaults filled in, equal values in one spelling, without what is the server's own. */
function objectAs(reading: Reading, object: ManifestObject): ManifestObject {
  const data = object.root.value;
  if (typeof data !== 'object' || data === null) return object;
  // a status is what a controller saw
  const { status: _, ...stated } = data as Data;
  const type = KIND_TYPES[`${storedGroup(object.group, object.kind)}/${object.kind}`];
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

/** Fields that the server chooses where nobody states them, and then keeps. */
const CHOSEN: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Service: [
    ['spec', 'clusterIP'],
    ['spec', 'clusterIPs'],
    ['spec', 'ipFamilies'],
    ['spec', 'ipFamilyPolicy'],
    ['spec', 'healthCheckNodePort'],
  ],
  PersistentVolumeClaim: [['spec', 'volumeName']],
  PersistentVolume: [['spec', 'claimRef']],
  ServiceAccount: [['secrets']],
};
/** Those of which another choice may be stated later, so that they are left out only beside what a server wrote. */
const CHOSEN_IN_A_CLUSTER: Readonly<Record<string, readonly (readonly string[])[]>> = {
  PersistentVolumeClaim: [['spec', 'storageClassName']],
  Pod: [
    ['spec', 'nodeName'],
    ['spec', 'serviceAccountName'],
    ['spec', 'priority'],
    ['spec', 'preemptionPolicy'],
  ],
};

/** Two versions of an object. */
export type ObjectPair = readonly [before: ManifestObject, after: ManifestObject];

/** Both objects as they are stored, each without what the server chose and the other does not state. */
export function storedPair(before: ManifestObject, after: ManifestObject): ObjectPair {
  return pairAs('stored', before, after);
}

/** Both objects with what they state alone, spelt as it is stored. */
export function statedPair(before: ManifestObject, after: ManifestObject): ObjectPair {
  return pairAs('stated', before, after);
}

function pairAs(reading: Reading, before: ManifestObject, after: ManifestObject): ObjectPair {
  const [old, now] = [objectAs(reading, before), objectAs(reading, after)];
  const live = [before, after].some(({ root }) => root.at('metadata', 'resourceVersion').exists);
  const paths = [...(CHOSEN[after.kind] ?? []), ...(live ? (CHOSEN_IN_A_CLUSTER[after.kind] ?? []) : [])];
  // what is no longer stated is kept; an address can be stated later, but not that there is none
  const kept = paths.filter((path) => {
    const [was, is] = [old, now].map(({ root }) => root.along(path));
    if (was?.exists === is?.exists) return false;
    return is?.exists !== true || !isHeadless(is.value);
  });
  const [left, right] = [old, now].map(({ root }) => kept.reduce(withoutField, root.value as Data));
  if (left === undefined || right === undefined) return [old, now];
  return [
    { ...old, root: new Cursor(withoutNodePorts(left, right)) },
    { ...now, root: new Cursor(withoutNodePorts(right, left)) },
  ];
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

function isHeadless(value: unknown): boolean {
  return value === 'None' || (Array.isArray(value) && value[0] === 'None');
}

function withoutField(data: Data, path: readonly string[]): Data {
  const [key = '', ...rest] = path;
  const child = data[key];
  if (rest.length > 0)
    return dataAt(data, key) === undefined ? data : { ...data, [key]: withoutField(child as Data, rest) };
  const { [key]: _, ...others } = data;
  return others;
}
