import { kindAndName } from '#manifests';
import type { PodTemplate } from '#manifests';
import type { ConnectionGraph, GraphEdge, GraphNode, NodeRole, Verdict } from './graph-model.ts';

/** An arrow as it is found. */
export interface FoundEdge {
  readonly scheme: string | undefined;
  /** Port that is dialled. */
  readonly port: number | string;
  /** Port of the pod at which it ends, by which two ways of naming one connection are told from two connections. */
  readonly reached: number | string;
  readonly verdict: Verdict;
  /** Which side blocks it; empty when none does. */
  readonly blockedAt: string;
}

/** A graph while it is put together: each box and each arrow stands in it once. */
export class GraphDraft {
  private readonly nodes = new Map<string, GraphNode>();
  private readonly edges = new Map<string, FoundEdge & { readonly from: string; readonly to: string }>();
  private readonly servedByEdge = new Set<string>();
  private readonly noteOf: (pod: PodTemplate) => string;
  private readonly manyNamespaces: boolean;

  constructor(noteOf: (pod: PodTemplate) => string, manyNamespaces: boolean) {
    this.noteOf = noteOf;
    this.manyNamespaces = manyNamespaces;
  }

  /** The box of a workload. */
  pod(pod: PodTemplate): string {
    const { object } = pod;
    const label = this.manyNamespaces && object.namespace !== '' ? `${object.namespace}/${object.name}` : object.name;
    const role = object.kind === 'StatefulSet' ? 'store' : 'workload';
    return this.node(`${object.namespace}/${kindAndName(object)}`, label, role, this.noteOf(pod));
  }

  /** The box of a host or another peer outside the set. */
  outside(name: string): string {
    return this.node(`outside/${name}`, name, 'outside');
  }

  /** A box; gives its id. */
  node(id: string, label: string, role: NodeRole, note = ''): string {
    if (!this.nodes.has(id)) this.nodes.set(id, { id, label, role, note });
    return id;
  }

  /** An arrow. The first of two of one connection stays, but a scheme tells more than none. */
  edge(from: string, to: string, found: FoundEdge): void {
    if (from === to) return;
    if (this.nodes.get(from)?.role === 'edge') this.servedByEdge.add(`${to} ${found.reached}`);
    const key = `${from} ${to} ${found.reached}`;
    const known = this.edges.get(key);
    if (known === undefined) this.edges.set(key, { ...found, from, to });
    else this.edges.set(key, { ...known, scheme: known.scheme ?? found.scheme });
  }

  /** Whether the edge leads to a port of a box. */
  isServedByEdge(to: string, reached: number | string): boolean {
    return this.servedByEdge.has(`${to} ${reached}`);
  }

  /** Everything, sorted. */
  graph(): ConnectionGraph {
    return {
      nodes: sorted(this.nodes),
      edges: sorted(this.edges).map(({ from, to, verdict, ...found }) => ({
        from,
        to,
        verdict,
        label: labelOf(found),
      })),
    };
  }
}

function labelOf({ scheme, port, blockedAt }: Pick<FoundEdge, 'scheme' | 'port' | 'blockedAt'>): GraphEdge['label'] {
  const name = typeof port === 'number' || scheme !== undefined ? `${scheme ?? 'tcp'}:${port}` : port;
  return blockedAt === '' ? name : `${name}, ${blockedAt}`;
}

function sorted<T>(items: ReadonlyMap<string, T>): readonly T[] {
  return [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, it]) => it);
}
