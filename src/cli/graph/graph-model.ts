/** What a box stands for. */
export type NodeRole = 'workload' | 'store' | 'edge' | 'outside';

/** A box. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly role: NodeRole;
  /** What no policy restricts, when others of the set are restricted; else empty. */
  readonly note: string;
}

/**
 * What policies say of an arrow. `free`: no policy bears on it; `allowed`: the policies that do let it through; `blocked`:
 * one of them does not; `unused`: they would let it through, but nobody is seen to dial it.
 */
export type Verdict = 'free' | 'allowed' | 'blocked' | 'unused';

/** An arrow from who dials to who is dialled. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Such as `nats:4222`; with the side that blocks it, when one does. */
  readonly label: string;
  readonly verdict: Verdict;
}

/** A picture as boxes and arrows, sorted: the same manifests give the same picture. */
export interface ConnectionGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}
