/** Affinity of pods, in the form of the Kubernetes API. */

/** Which nodes and which other pods a pod wants to be near, or far from. */
export interface Affinity {
  /** By labels of nodes. @default - none */
  readonly nodeAffinity?: NodeAffinity;
  /** Near other pods. @default - none */
  readonly podAffinity?: PodAffinity;
  /** Away from other pods. @default - none */
  readonly podAntiAffinity?: PodAffinity;
}

/** Nodes by their labels. */
export interface NodeAffinity {
  /** Nodes that are possible at all; one term must match. @default - every node */
  readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms: readonly NodeSelectorTerm[] };
  /** Nodes that are better than others. @default - none */
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    /** 1 to 100. */
    readonly weight: number;
    readonly preference: NodeSelectorTerm;
  }[];
}

/** Nodes that match every expression. */
export interface NodeSelectorTerm {
  /** Labels of the node. @default - none */
  readonly matchExpressions?: readonly LabelRequirement[];
  /** Fields of the node, such as `metadata.name`. @default - none */
  readonly matchFields?: readonly LabelRequirement[];
}

/** What a label must be. */
export interface LabelRequirement {
  /** Key of the label. */
  readonly key: string;
  /** `Gt` and `Lt` are for nodes only. */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  /** @default - none, for Exists and DoesNotExist */
  readonly values?: readonly string[];
}

/** Other pods by their labels, and what counts as the same place. */
export interface PodAffinity {
  /** @default - none */
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
  /** @default - none */
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    /** 1 to 100. */
    readonly weight: number;
    readonly podAffinityTerm: PodAffinityTerm;
  }[];
}

/** Pods in one place. */
export interface PodAffinityTerm {
  /** Label of nodes that makes a place, such as `topology.kubernetes.io/zone`. */
  readonly topologyKey: string;
  /** Which pods; all requirements must hold. */
  readonly labelSelector: {
    /** @default {} */
    readonly matchLabels?: Readonly<Record<string, string>>;
    /** @default [] */
    readonly matchExpressions?: readonly LabelRequirement[];
  };
  /** @default - the namespace of the pod */
  readonly namespaces?: readonly string[];
}
