/** What a run was asked for. */
export interface DeployOptions {
  readonly dist: string;
  /** Context of kubectl; undefined for its current one. */
  readonly context: string | undefined;
  /** Namespace; undefined for that of dist. */
  readonly namespace: string | undefined;
  /** Address of the edge; undefined for the host of dist's Ingress. */
  readonly url: string | undefined;
  readonly skipsEdge: boolean;
  readonly timeoutMs: number;
  readonly dryRun: boolean;
  readonly prunes: boolean;
  readonly undoesOnFailure: boolean;
  readonly forcesConflicts: boolean;
  readonly json: boolean;
}
