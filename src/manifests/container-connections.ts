import { connectionsOf } from './connections.ts';
import type { ClusterNames, Connection } from './connections.ts';
import type { ManifestSet, PodContainer, PodTemplate } from './manifest-set.ts';
import { rawEnv } from './raw-env.ts';

interface ConnectionsOfSet {
  readonly names: ClusterNames;
  readonly byContainer: Map<PodContainer, readonly Connection[]>;
}

const known = new WeakMap<ManifestSet, ConnectionsOfSet>();

/** The hosts and ports that the environment of a container names. Several checks ask; the variables are expanded once. */
export function containerConnections(
  set: ManifestSet,
  { object }: PodTemplate,
  container: PodContainer,
): readonly Connection[] {
  const { names, byContainer } = ofSet(set);
  const found = byContainer.get(container) ?? connectionsOf(rawEnv(container.at), object.namespace, names);
  byContainer.set(container, found);
  return found;
}

/** How names of the cluster are told from others, with the namespaces of a set. */
export function clusterNames(set: ManifestSet): ClusterNames {
  return ofSet(set).names;
}

function ofSet(set: ManifestSet): ConnectionsOfSet {
  const found = known.get(set);
  if (found !== undefined) return found;
  const namespaces = [...new Set(set.objects.map((object) => object.namespace))];
  const made = { names: { namespaces }, byContainer: new Map<PodContainer, readonly Connection[]>() };
  known.set(set, made);
  return made;
}
