import { connectionsOf, connectionsOfWords } from './connections.ts';
import type { ClusterNames, Connection } from './connections.ts';
import type { Cursor } from './cursor.ts';
import type { ManifestSet, PodContainer } from './manifest-set.ts';
import { rawEnv } from './raw-env.ts';

/** A connection and what names it. */
export interface NamedConnection extends Connection {
  /** In words, such as `container auth env NATS_URL`. */
  readonly named: string;
  /** Where it is written. */
  readonly at: Cursor;
}

/** The hosts and ports that the environment and the command line of a container of the set name. */
export function containerConnections(set: ManifestSet, container: PodContainer): readonly NamedConnection[] {
  return set.derived(connectionsByContainer).get(container) ?? [];
}

function connectionsByContainer(set: ManifestSet): ReadonlyMap<PodContainer, readonly NamedConnection[]> {
  const names = clusterNames(set);
  return new Map(
    set.templates.flatMap(({ object, containers }) =>
      containers.map((container) => [container, foundIn(container, object.namespace, names)] as const),
    ),
  );
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
  return set.derived(namesOf);
}

function namesOf(set: ManifestSet): ClusterNames {
  return { namespaces: [...new Set(set.objects.map((object) => object.namespace))] };
}
