/** Who talks to whom in a set of manifests: workloads, what the edge leads to, and hosts outside of the set. */
import { backendsOf, connectionsOf, dialsOf, kindAndName, manifestSet, podsBehind, rawEnv } from '#manifests';
import type { PlacedManifest, PodTemplate } from '#manifests';

/** What a box stands for. */
export type NodeRole = 'workload' | 'store' | 'edge' | 'outside';

/** A box. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly role: NodeRole;
}

/** An arrow from who dials to who is dialled. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Such as `nats:4222`. */
  readonly label: string;
}

/** A picture as boxes and arrows, sorted: the same manifests give the same picture. */
export interface ConnectionGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Draws the graph of some manifests. */
export function connectionGraph(manifests: readonly PlacedManifest[]): ConnectionGraph {
  const set = manifestSet(manifests);
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const node = (id: string, label: string, role: NodeRole): string => {
    if (!nodes.has(id)) nodes.set(id, { id, label, role });
    return id;
  };
  const edge = (from: string, to: string, label: string): void => {
    if (from !== to) edges.set(`${from} ${to} ${label}`, { from, to, label });
  };
  const pod = ({ object }: PodTemplate): string =>
    node(
      `${object.namespace}/${kindAndName(object)}`,
      object.name,
      object.kind === 'StatefulSet' ? 'store' : 'workload',
    );

  set.pods.forEach(pod);
  for (const dial of dialsOf({ set, options: {} })) {
    const service = set.find('Service', dial.namespace, dial.service);
    const behind = service === undefined ? [] : podsBehind(set, service);
    const label = `${dial.scheme ?? 'tcp'}:${dial.port}`;
    const targets = behind.length > 0 ? behind.map(pod) : [node(`outside/${dial.service}`, dial.service, 'outside')];
    for (const target of targets) edge(pod(dial.pod), target, label);
  }
  for (const template of set.pods) {
    for (const { at } of template.containers) {
      for (const { host, port, scheme, service } of connectionsOf(rawEnv(at), template.object.namespace)) {
        if (service === undefined)
          edge(pod(template), node(`outside/${host}`, host, 'outside'), `${scheme ?? 'tcp'}:${port}`);
      }
    }
  }
  for (const { edge: route, service, port } of backendsOf(set)) {
    const from = node(`${route.namespace}/${kindAndName(route)}`, route.name, 'edge');
    for (const target of service === undefined ? [] : podsBehind(set, service))
      edge(from, pod(target), `http:${port ?? ''}`);
  }
  const byId = <T extends object>(list: Iterable<readonly [string, T]>): readonly T[] =>
    [...list].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, it]) => it);
  return { nodes: byId(nodes), edges: byId(edges) };
}
