/**
 * Rendered objects as one set in which names are looked up: what the checks, the list of required secrets and the
 * deployer's rights are computed from. It reads plain manifests, so it serves constructs and YAML files alike.
 */
import { Cursor } from './cursor.ts';
import { isNamesake, templatePlaces } from './pod-templates.ts';
import type { TemplatePlace } from './pod-templates.ts';

/** A rendered object and where it comes from. */
export interface PlacedManifest {
  /** Construct path, or file and document. */
  readonly path: string;
  /** The object in the YAML. */
  readonly manifest: unknown;
}

/** One object of the set. */
export interface ManifestObject {
  /** Its index in the list that was given. */
  readonly index: number;
  readonly path: string;
  readonly apiVersion: string;
  /** API group; '' for the core. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Namespace; the set's default when the object names none. */
  readonly namespace: string;
  /** Its top. */
  readonly root: Cursor;
}

/** A container of a pod. */
export interface PodContainer {
  readonly name: string;
  /** Whether it runs before the others; a side-car (restartPolicy Always) counts as running with them. */
  readonly initial: boolean;
  readonly at: Cursor;
}

/** The pods that an object makes. */
export interface PodTemplate {
  readonly object: ManifestObject;
  readonly labels: Readonly<Record<string, string>>;
  /** Where its labels are. */
  readonly labelsAt: Cursor;
  /** The pod's `spec`. */
  readonly spec: Cursor;
  readonly containers: readonly PodContainer[];
  /** Replicas stated, or 1; undefined where the object has no such figure, as a DaemonSet. */
  readonly replicas: number | undefined;
  /** Whether a controller adds what only it knows, so that the environment alone can be judged. */
  readonly embedded: boolean;
}

/** Objects by which they are found. */
export interface ManifestSet {
  readonly objects: readonly ManifestObject[];
  /** Pods that are made as they are written. */
  readonly pods: readonly PodTemplate[];
  /** The same, and what custom resources hold for pods that their controllers complete. */
  readonly templates: readonly PodTemplate[];
  /** Objects of a kind. */
  ofKind(kind: string): readonly ManifestObject[];
  /** Pods of a namespace that carry all of some labels; none for no labels. */
  podsLabelled(namespace: string, labels: Readonly<Record<string, string>>): readonly PodTemplate[];
  /** The pods that an object makes; undefined when it makes none. */
  podOf(object: ManifestObject): PodTemplate | undefined;
  /** The object of a kind, namespace and name. */
  find(kind: string, namespace: string, name: string): ManifestObject | undefined;
  /** What a function makes of the set; computed once in the life of the set, for all callers. */
  derived<T>(workOut: (set: ManifestSet) => T): T;
}

const REPLICATED = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Rollout', 'CloneSet']);

/** Reads manifests into a set. Objects without a namespace count as of `defaultNamespace`. */
export function manifestSet(manifests: readonly PlacedManifest[], defaultNamespace = ''): ManifestSet {
  const objects = manifests.map((placed, index) => objectOf(placed, index, defaultNamespace));
  const byKey = new Map(objects.map((object) => [keyOf(lookupKind(object), object.namespace, object.name), object]));
  const templates = objects.flatMap(podsOf);
  const pods = templates.filter((pod) => !pod.embedded);
  const byObject = new Map(templates.toReversed().map((pod) => [pod.object, pod]));
  const byKind = groupedBy(objects, (object) => [lookupKind(object)]);
  const byLabel = groupedBy(templates, ({ object, labels }) =>
    Object.entries(labels).map(([key, value]) => labelKey(object.namespace, key, value)),
  );
  const known = new Map<unknown, unknown>();
  const set: ManifestSet = {
    objects,
    pods,
    templates,
    ofKind: (kind) => byKind.get(kind) ?? [],
    podsLabelled: (namespace, labels) => {
      const [first, ...rest] = Object.entries(labels);
      const found = first === undefined ? [] : (byLabel.get(labelKey(namespace, ...first)) ?? []);
      return rest.length === 0 ? found : found.filter((pod) => rest.every(([key, value]) => pod.labels[key] === value));
    },
    podOf: (object) => byObject.get(object),
    find: (kind, namespace, name) => byKey.get(keyOf(kind, namespace, name)),
    derived: <T>(workOut: (set: ManifestSet) => T): T => {
      if (!known.has(workOut)) known.set(workOut, workOut(set));
      return known.get(workOut) as T;
    },
  };
  return set;
}

/** `Kind/name`, as people write it. */
export function kindAndName(object: ManifestObject): string {
  return `${object.kind}/${object.name}`;
}

function groupedBy<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  }
  return groups;
}

function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace} ${key}=${value}`;
}

/** A kind by which objects are found: one that only shares its name with a built-in kind is found by its group too. */
function lookupKind({ group, kind }: ManifestObject): string {
  return isNamesake(group, kind) ? `${kind}.${group}` : kind;
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

function objectOf({ path, manifest }: PlacedManifest, index: number, defaultNamespace: string): ManifestObject {
  const root = new Cursor(manifest);
  const apiVersion = root.at('apiVersion').text ?? '';
  return {
    index,
    path,
    apiVersion,
    group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
    kind: root.at('kind').text ?? '',
    name: root.at('metadata', 'name').text ?? '',
    namespace: root.at('metadata', 'namespace').text ?? defaultNamespace,
    root,
  };
}

function podsOf(object: ManifestObject): readonly PodTemplate[] {
  return templatePlaces(object.group, object.kind, object.root).map((place) => podOf(object, place));
}

function podOf(object: ManifestObject, { labels, spec, single, embedded }: TemplatePlace): PodTemplate {
  const initial = spec
    .at('initContainers')
    .items.map((at) => containerOf(at, at.at('restartPolicy').text !== 'Always'));
  const main = spec.at('containers').items.map((at) => containerOf(at, false));
  return {
    object,
    labels: labels.strings,
    labelsAt: labels,
    spec,
    containers: [...initial, ...main, ...(single === undefined ? [] : [containerOf(single, false)])],
    replicas: REPLICATED.has(object.kind) ? (object.root.at('spec', 'replicas').number ?? 1) : undefined,
    embedded,
  };
}

/** A container; one that stands alone in a custom resource is called by the field that holds it. */
function containerOf(at: Cursor, initial: boolean): PodContainer {
  const field = at.pointer.split('/').findLast((step) => !/^\d+$/.test(step)) ?? '';
  return { name: at.at('name').text ?? (/ontainers$/.test(field) ? '' : field), initial, at };
}
