import { connectionsOf, connectionsOfWords } from './connections.ts';
import type { ClusterNames, Connection } from './connections.ts';
import type { Cursor } from './cursor.ts';
import type { ManifestSet, PodContainer, PodTemplate } from './manifest-set.ts';
import { rawEnv } from './raw-env.ts';

/** A connection and what names it. */
export interface NamedConnection extends Connection {
  /** In words, such as `container auth env NATS_URL`. */
  readonly named: string;
  /** Where it is written. */
  readonly at: Cursor;
}

interface ConnectionsOfSet {
  readonly names: ClusterNames;
  readonly byContainer: Map<PodContainer, readonly NamedConnection[]>;
}

const known = new WeakMap<ManifestSet, ConnectionsOfSet>();

/** The hosts and ports that a container's environment and command line name. Several checks ask; the variables are expanded once. */
export function containerConnections(
  set: ManifestSet,
  { object }: PodTemplate,
  container: PodContainer,
): readonly NamedConnection[] {
  const { names, byContainer } = ofSet(set);
  const found = byContainer.get(container) ?? foundIn(container, object.namespace, names);
  byContainer.set(container, found);
  return found;
}

function foundIn({ name, at }: PodContainer, namespace: string, names: ClusterNames): readonly NamedConnection[] {
  const entries = rawEnv(at);
  const words = ['command', 'args'].flatMap((field) => at.at(field).items);
  const texts = words.map((word) => word.text ?? '');
  return [
    ...connectionsOf(entries, namespace, names).map((connection) => ({
      ...connection,
      named: `container ${name} env ${connection.from}`,
      at: at.at(
        'env',
        entries.findLastIndex((entry) => entry.name === connection.from),
      ),
    })),
    ...connectionsOfWords(texts, entries, namespace, names).map(({ word, ...connection }) => ({
      ...connection,
      named: `container ${name} ${connection.from}`,
      at: words[word] ?? at,
    })),
  ];
}

/** How names of the cluster are told from others, with the namespaces of a set. */
export function clusterNames(set: ManifestSet): ClusterNames {
  return ofSet(set).names;
}

function ofSet(set: ManifestSet): ConnectionsOfSet {
  const found = known.get(set);
  if (found !== undefined) return found;
  const namespaces = [...new Set(set.objects.map((object) => object.namespace))];
  const made = { names: { namespaces }, byContainer: new Map<PodContainer, readonly NamedConnection[]>() };
  known.set(set, made);
  return made;
}
